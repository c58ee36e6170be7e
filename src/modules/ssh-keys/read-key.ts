import { createHash } from 'node:crypto'
import { Refusal, type RefusalSpec } from '@latchkey/kit'
import { isAcceptedType, parseBlob } from './blob.ts'
import { holdsPrivateKey } from './private-key.ts'
import { refusals } from './refusals.ts'

type ReadKey = {
  readonly type: string
  readonly bits: number
  /** Type and base64, written anew. */
  readonly line: string
  readonly fingerprint: string
  readonly comment: string
}

const refuse = (spec: RefusalSpec): never => {
  throw new Refusal(spec)
}

/** Names a key file may begin with that are no key we take; longest forms of what OpenSSH and its relatives know. */
const keyType = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa|rsa|webauthn-sk)-[a-z0-9@.+-]{1,80}$/
const isCertificate = (type: string): boolean => /-cert-v0[01]@openssh\.com$/.test(type)
/** A type followed by base64, anywhere in a line. */
const keyWithin = /(?:^|[\s,"'])(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.+-]{1,80}[ \t]+AAAA/

const blank = /^[ \t]*(?:#.*)?$/

/** What the text is, where it is not one line with one key. */
const refuseForm = (text: string): void => {
  if (holdsPrivateKey(text)) refuse(refusals.private_key)
  if (/-{4,5} ?BEGIN (?:SSH2 |RSA )?PUBLIC KEY/.test(text)) refuse(refusals.other_format)
  if (/-{5}BEGIN (?:X509 |TRUSTED )?CERTIFICATE/.test(text)) refuse(refusals.certificate)
}

const firstWord = (line: string): string => /^\s*(\S*)/.exec(line)?.[1] ?? ''

const onlyLine = (text: string): string => {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|[\n\r]/)
    .filter((line) => !blank.test(line))
  if (lines.length > 1) {
    const keys = lines.filter((line) => keyType.test(firstWord(line)) || keyWithin.test(line))
    if (keys.length > 1) refuse(refusals.several)
    // One key in pieces, wrapped by a terminal or a mail, or with something added.
    refuse(keys.length === 1 ? refusals.damaged : refusals.unreadable)
  }
  return (lines[0] ?? '').trim()
}

const refuseType = (type: string, line: string): void => {
  if (isAcceptedType(type)) return
  if (isCertificate(type)) refuse(refusals.certificate)
  if (type === 'ssh-dss') refuse(refusals.dsa)
  if (keyType.test(type)) refuse(refusals.type_unknown)
  if (keyWithin.test(line) || line.startsWith('@cert-authority')) refuse(refusals.options)
  // Protocol 1: bits, exponent, modulus, in decimal.
  if (/^\d+ \d+ \d{100,}/.test(line)) refuse(refusals.type_unknown)
  refuse(refusals.unreadable)
}

/** Base64 in its one spelling, padding included (RFC 4648 §3.5). */
const decode = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`

/**
 * Reads one public key from pasted text, or refuses and says what the text is instead. Only a key that is parsed to its last
 * byte and can be encoded again is accepted, so an input that the earlier checks overlook is still refused.
 */
export const readPublicKey = (text: string, rsaBitsMin: number): ReadKey => {
  refuseForm(text)
  const line = onlyLine(text)
  const [, type = '', body = '', comment = ''] =
    /^(\S+)(?:[ \t]+(\S+))?(?:[ \t]+(.*))?$/.exec(line) ?? []
  refuseType(type, line)
  const blob = decode(body)
  const parts = blob && parseBlob(type, blob)
  if (!parts) throw new Refusal(refusals.damaged)
  if (type === 'ssh-rsa' && parts.bits < rsaBitsMin)
    throw new Refusal(refusals.rsa_short, {
      detail: `It has ${parts.bits} bits; at least ${rsaBitsMin} are needed.`,
    })
  // Another key in the place of the comment: a list whose line breaks were lost.
  if (keyWithin.test(comment)) refuse(refusals.several)
  // No real comment has such a word, but a private key without its first line would pass as one and be stored as a title.
  if (/[A-Za-z0-9+/]{50}/.test(comment)) refuse(refusals.damaged)
  return {
    type,
    bits: parts.bits,
    line: `${type} ${parts.rebuilt.toString('base64')}`,
    fingerprint: fingerprintOf(parts.rebuilt),
    comment,
  }
}

const titleMax = 100
const shortNames: Readonly<Record<string, string>> = {
  'ssh-ed25519': 'Ed25519 key',
  'ssh-rsa': 'RSA key',
  'sk-ssh-ed25519@openssh.com': 'Ed25519 security key',
  'sk-ecdsa-sha2-nistp256@openssh.com': 'ECDSA security key',
}

/** One line of what can be seen: no control or format characters, no private use, no lone surrogates, no odd spaces. */
export const plainLine = (text: string): string => text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()

/** What a key is called by its owner, by its comment, or else by what it is. */
export const titleOf = (
  given: string | undefined,
  key: Pick<ReadKey, 'type' | 'comment'>,
): string => {
  const comment = [...plainLine(key.comment)].slice(0, titleMax).join('').trim()
  return given ?? (comment || (shortNames[key.type] ?? 'ECDSA key'))
}
