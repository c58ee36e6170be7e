import type { Presented } from '@latchkey/kit'

/** The credentials a request carries, parsed but not looked up. */
export type Credentials = {
  readonly sessionCookie: string | null
  /** From the Authorization header; null when it is missing or has a scheme we do not accept. */
  readonly key: Presented | null
  /** True when there was an Authorization header with any content: a browser on its own sends none. */
  readonly hasAuthorization: boolean
  /** True when there was more than one credential: it is unknown which of them is meant. */
  readonly isAmbiguous: boolean
}

/** RFC 6750 §2.1 (b64token), with a limit. */
const bearer = /^bearer +([\w.~+/-]{1,512}=*)$/i
/** RFC 7617 §2. The value is `user-id:password` in base 64; the user id holds no colon. */
const basic = /^basic +([\w+/-]{1,1024}={0,2})$/i

const readBasic = (encoded: string): Presented | null => {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 0) return null
  return { carrier: 'basic', name: decoded.slice(0, colon), value: decoded.slice(colon + 1) }
}

const readAuthorization = (header: string): Presented | null => {
  const token = bearer.exec(header)?.[1]
  if (token) return { carrier: 'bearer', value: token }
  const encoded = basic.exec(header)?.[1]
  return encoded ? readBasic(encoded) : null
}

/** `authorizations`: every Authorization header of the request, in order. */
export const readCredentials = (
  sessionCookie: string | null,
  authorizations: readonly string[],
): Credentials => {
  const [first] = authorizations
  return {
    sessionCookie,
    key: first === undefined ? null : readAuthorization(first),
    hasAuthorization: first !== undefined,
    isAmbiguous: authorizations.length + (sessionCookie === null ? 0 : 1) > 1,
  }
}
