import type { Held } from '@latchkey/kit'

/** RFC 6265 §4.1.1 cookie-octet without quotes: our values are base64url, so nothing else can be ours. */
const value = /^[A-Za-z0-9_-]{1,128}$/

/**
 * One cookie by its exact name. A name that occurs twice is refused, not guessed at:
 * somebody may have planted the other one from a sub-domain. Blanks other than space are part of the name.
 */
export const readCookie = (header: string | null, name: string): string | null => {
  if (!header) return null
  let found: string | null = null
  for (const part of header.split(';')) {
    const equals = part.indexOf('=')
    if (equals < 0) continue
    if (part.slice(0, equals).replace(/^ +/, '') !== name) continue
    if (found !== null) return null
    found = part.slice(equals + 1)
  }
  return found !== null && value.test(found) ? found : null
}

export type CookieNames = {
  readonly session: string
  readonly device: string
  readonly pending: string
  readonly secure: boolean
}

/** `__Host-` ties a cookie to this very host and https. Plain http is accepted on localhost only, where the prefix cannot be used. */
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

/** The session's cookie, or the pending sign-in's: alike in everything but the name. */
export const heldCookie = (
  names: CookieNames,
  which: 'session' | 'pending',
  held: Held | null,
): string => {
  if (!held) return serialise(names[which], '', `${secure(names)}; Max-Age=0`)
  const lifetime =
    held.expiresAt === null ? '' : `; Expires=${new Date(held.expiresAt).toUTCString()}`
  return serialise(names[which], held.value, secure(names) + lifetime)
}

export const deviceCookie = (names: CookieNames, held: Held): string =>
  serialise(names.device, held.value, `${secure(names)}; Max-Age=${deviceSeconds}`)
