import type { IssuedSecret } from '@latchkey/kit'

/** RFC 6265 §4.1.1 cookie-octet without quotes: our values are base64url, so nothing else can be ours. */
const value = /^[A-Za-z0-9_-]{1,128}$/

type Cookies = {
  readonly session: string | null
  readonly device: string | null
  readonly pending: string | null
}

const none: Cookies = { session: null, device: null, pending: null }
const space = 32

/** True at the start of the header or after a semicolon. White space other than a blank would be part of the name. */
const beginsCookie = (header: string, at: number): boolean => {
  let before = at - 1
  while (header.charCodeAt(before) === space) before -= 1
  return before < 0 || header[before] === ';'
}

/** A name that occurs twice is refused: an attacker on a sub-domain may have planted one of the two. */
const readCookie = (header: string, name: string): string | null => {
  const marked = `${name}=`
  let found: string | null = null
  for (let at = header.indexOf(marked); at >= 0; at = header.indexOf(marked, at + 1)) {
    if (!beginsCookie(header, at)) continue
    if (found !== null) return null
    const end = header.indexOf(';', at)
    found = header.slice(at + marked.length, end < 0 ? undefined : end)
  }
  return found !== null && value.test(found) ? found : null
}

/** Finds our cookies by their exact names. It searches the header in place, because every request needs it. */
export const readCookies = (header: string | null, names: CookieNames): Cookies =>
  header === null
    ? none
    : {
        session: readCookie(header, names.session),
        device: readCookie(header, names.device),
        pending: readCookie(header, names.pending),
      }

export type CookieNames = {
  readonly session: string
  readonly device: string
  readonly pending: string
  readonly secure: boolean
}

/** `__Host-` binds a cookie to this host and https. Only localhost may use plain http, where the prefix does not work. */
export const cookieNames = (publicUrl: string): CookieNames => {
  const secure = publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  return {
    session: `${prefix}latchkey`,
    device: `${prefix}latchkey-device`,
    pending: `${prefix}latchkey-pending`,
    secure,
  }
}

const deviceSeconds = 90 * 24 * 3600

/** Lax: a link in a mail opens signed in; unsafe methods are protected by their own checks. */
const serialise = (name: string, content: string, rest: string): string =>
  `${name}=${content}; Path=/; HttpOnly; SameSite=Lax${rest}`

const secure = (names: CookieNames): string => (names.secure ? '; Secure' : '')

/** Cookie of a session or of a pending sign-in: the two differ only in the name. */
export const secretCookie = (
  names: CookieNames,
  which: 'session' | 'pending',
  issued: IssuedSecret | null,
): string => {
  if (!issued) return serialise(names[which], '', `${secure(names)}; Max-Age=0`)
  const lifetime =
    issued.expiresAt === null ? '' : `; Expires=${new Date(issued.expiresAt).toUTCString()}`
  return serialise(names[which], issued.value, secure(names) + lifetime)
}

export const deviceCookie = (names: CookieNames, issued: IssuedSecret): string =>
  serialise(names.device, issued.value, `${secure(names)}; Max-Age=${deviceSeconds}`)
