import { hash } from 'node:crypto'
import { type OpenAccess, type Presented, Refusal } from '@latchkey/kit'
import { sameText } from '#platform/crypto/digest.ts'
import { refusals } from '#platform/refusals.ts'
import type { HeaderReader } from '../runtime.ts'

/**
 * Bound to the session's own secret, so it changes with it and cannot be made without it (NIST SP 800-63B-4 §5.1).
 * A keyed hash by prefix, not HMAC: the secret has one length, so nothing can be appended to it, and this is asked
 * for on every request, where it costs a sixth.
 */
export const csrfToken = (sessionSecret: string): string =>
  hash('sha256', `latchkey csrf 1 ${sessionSecret}`, 'base64url')

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/** No page can make a browser add a bearer token. What was once typed into a Basic pop-up the browser adds by itself. */
const isOwnDoing = (carrier: Presented['carrier'] | null, browser: string | null): boolean =>
  carrier === 'bearer' || (carrier === 'basic' && browser === null)

/** Says neither where it comes from nor sends a cookie, as no browser does. */
const isBareProgram = (headers: HeaderReader): boolean =>
  ['sec-fetch-site', 'origin', 'cookie'].every((name) => headers.get(name) === null)

/** Names the address people type, which is no secret, and never what the request called itself. */
const foreignOrigin = (detail: string): Refusal => new Refusal(refusals.foreign_origin, { detail })

/**
 * Unsafe methods must come from our own pages, or from a program that shows a bearer credential and no cookie;
 * where the contract says so, also from a program that shows nothing at all.
 * Fetch metadata first, Origin always when present, and with a session also its token. A missing header is
 * no excuse where a browser could be involved: with a cookie, or at the door (sign-in, setup, reset).
 */
export const requireOwnOrigin = (
  headers: HeaderReader,
  request: {
    readonly method: string
    readonly hasCookie: boolean
    readonly carrier: Presented['carrier'] | null
    readonly from: OpenAccess['from']
    readonly origins: readonly string[]
  },
): void => {
  if (safe.has(request.method)) return
  if (request.from === 'programs' && isBareProgram(headers)) return
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  if (!request.hasCookie && isOwnDoing(request.carrier, site ?? origin)) return
  const [own = ''] = request.origins
  if (site === null && origin === null)
    throw foreignOrigin(`Nothing says where it came from. A program sends Origin: ${own}`)
  const isForeign =
    (site !== null && site !== 'same-origin') ||
    (origin !== null && !request.origins.includes(origin))
  if (isForeign) throw foreignOrigin(`The pages of this installation are at ${own}`)
}

export const requireCsrfToken = (
  headers: HeaderReader,
  method: string,
  sessionSecret: string,
): void => {
  if (safe.has(method)) return
  const sent = headers.get('x-csrf-token')
  if (sent === null || !sameText(sent, csrfToken(sessionSecret)))
    throw new Refusal(refusals.csrf_token)
}
