import { domainToASCII } from 'node:url'

/** RFC 5322 §3.2.3 dot-atom, ASCII only: quoted parts, comments, lists and look-alikes have no canonical form worth having. */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
/** A host of this network may stand alone (`ada@localhost`); one letter at the end is a slip, since no domain ends so. */
const domainPart = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/

/**
 * One spelling per mailbox, made before anything is validated or looked up; null when it is not one plain address.
 * Compatibility forms (full-width letters, the Kelvin sign) fold to the letters they look like; everything is lower case;
 * an international domain becomes its punycode twin.
 */
export const canonicalEmail = (typed: string): string | null => {
  const text = typed.normalize('NFKC').trim().toLowerCase().normalize('NFKC')
  const at = text.indexOf('@')
  if (at < 1 || at !== text.lastIndexOf('@') || text.length > 254) return null
  const local = text.slice(0, at)
  const domain = domainToASCII(text.slice(at + 1))
  if (local.length > 64 || !localPart.test(local) || !domainPart.test(domain)) return null
  const canonical = `${local}@${domain}`
  return canonical.length <= 254 ? canonical : null
}
