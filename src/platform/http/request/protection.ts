import { hash } from 'node:crypto'
import { type OpenAccess, type Presented, Refusal } from '@latchkey/kit'
import { sameText } from '#platform/crypto/digest.ts'
import { refusals } from '#platform/refusals.ts'
import type { HeaderReader } from '../runtime.ts'

/**
 * Derived from the session's secret: it changes with the secret and cannot be made without it (NIST SP 800-63B-4 §5.1).
 * A hash with the secret as prefix, not HMAC: the secret has a fixed length, so a length extension gains nothing, and
 * on every request this costs a sixth of an HMAC.
 */
export const csrfToken = (sessionSecret: string): string =>
  hash('sha256', `latchkey csrf 1 ${sessionSecret}`, 'base64url')

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/** No page can make a browser add a bearer token. Basic credentials once typed into a pop-up are added by the browser. */
const isOwnDoing = (carrier: Presented['carrier'] | null, browser: string | null): boolean =>
  carrier === 'bearer' || (carrier === 'basic' && browser === null)

/** The request names no origin and carries no cookie: a browser never sends one like that. */
const isBareProgram = (headers: HeaderReader): boolean =>
  ['sec-fetch-site', 'origin', 'cookie'].every((name) => headers.get(name) === null)

/** Names the configured address, which is no secret, and never echoes the host the request named. */
const foreignOrigin = (detail: string): Refusal => new Refusal(refusals.foreign_origin, { detail })

/**
 * Unsafe methods must come from our own pages, or from a program that shows a bearer credential and no cookie;
 * where the contract says so, also from a program that shows nothing at all.
 * Fetch metadata first, Origin always when present, and with a session also its token. A missing header is
 * no excuse where a browser could be involved: with a cookie, or before sign-in (sign-in, setup, reset).
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
