import { Refusal } from '@latchkey/kit'
import { takeFromAddress } from './limits.ts'
import type { Passage } from './passage.ts'
import { refusals } from './refusals.ts'
import type { Reply } from './reply.ts'

const pathMax = 2000
/** What a proxy calls the address it asks about: nginx by convention, Traefik and Caddy by themselves. */
const pathHeaders = ['x-original-uri', 'x-forwarded-uri']

/** A path of this site. It goes into a link that the sign-in page checks once more before it is followed. */
const askedPath = ({ incoming }: Passage): string | null => {
  const path = pathHeaders.map((name) => incoming.headers.get(name)).find((one) => one !== null)
  if (!path || path.length > pathMax) return null
  return /^\/(?!\/)[\x21-\x7e]*$/.test(path) ? path : null
}

const signInAt = (passage: Passage): string => {
  const { origins, signInPage } = passage.door
  const path = askedPath(passage)
  return `${origins[0] ?? ''}${signInPage}${path === null ? '' : `?next=${encodeURIComponent(path)}`}`
}

/**
 * A refusal as a proxy needs it. Guessing at credentials through a proxy is slowed down here, where the others
 * behind the same address do not notice: what is valid is not counted.
 */
export const refusalForProxy = (passage: Passage, refusal: Refusal): Refusal => {
  if (refusal.spec.status !== 401) return refusal
  const { sessionCookie, hasAuthorization } = passage.incoming.credentials
  try {
    if (sessionCookie !== null || hasAuthorization) takeFromAddress(passage)
  } catch (tooMany) {
    if (tooMany instanceof Refusal) return tooMany
    throw tooMany
  }
  return new Refusal(refusal.spec, { ...refusal.details, signInAt: signInAt(passage) })
}

/** For proxies that hand the answer on to the browser as it is (`?otherwise=redirect`). */
export const redirectForProxy = (passage: Passage, refusal: Refusal): Reply | null => {
  const isAsked = passage.incoming.query().otherwise === 'redirect'
  if (!isAsked || refusal.spec.code !== refusals.sign_in_required.code) return null
  const location = refusal.details.signInAt ?? ''
  return { status: 302, headers: { ...passage.headers, location }, body: null }
}
