import { Refusal } from '@latchkey/kit'
import { takeFromAddress } from '../operations/limits.ts'
import { refusals } from '../refusals.ts'
import type { RequestState } from './request-state.ts'
import type { Reply } from './response/reply.ts'

const pathMax = 2000
/** What a proxy calls the address it asks about: nginx by convention, Traefik and Caddy by themselves. */
const pathHeaders = ['x-original-uri', 'x-forwarded-uri']

/** A path of this site. It goes into a link that the sign-in page checks once more before it is followed. */
const askedPath = ({ incoming }: RequestState): string | null => {
  const path = pathHeaders.map((name) => incoming.headers.get(name)).find((one) => one !== null)
  if (!path || path.length > pathMax) return null
  return /^\/(?!\/)[\x21-\x7e]*$/.test(path) ? path : null
}

const wayTo = (state: RequestState, page: string): string => {
  const address = `${state.runtime.origins[0] ?? ''}${page}`
  const path = askedPath(state)
  if (path === null) return address
  return `${address}${page.includes('?') ? '&' : '?'}next=${encodeURIComponent(path)}`
}

/** Only what was shown and refused is counted; who shows nothing, or something valid, is not. */
const limitGuesses = (state: RequestState): Refusal | null => {
  const { sessionCookie, hasAuthorization } = state.incoming.credentials
  try {
    if (sessionCookie !== null || hasAuthorization) takeFromAddress(state)
    return null
  } catch (tooMany) {
    if (tooMany instanceof Refusal) return tooMany
    throw tooMany
  }
}

/**
 * A refusal as a proxy needs it: with the way on, where a person can do something about it. Guessing at credentials
 * through a proxy is slowed down here, where the others behind the same address do not notice.
 */
export const refusalForProxy = (state: RequestState, refusal: Refusal): Refusal => {
  const { spec, details } = refusal
  const { confirmPages, signInPage } = state.runtime
  if (spec.status === 401) {
    const signInAt = wayTo(state, signInPage)
    return limitGuesses(state) ?? new Refusal(spec, { ...details, signInAt })
  }
  const page = confirmPages.get(spec.code)
  // A key can never be sure of its person: a program is told so, and sent nowhere.
  if (page === undefined || state.actor.kind !== 'session') return refusal
  return new Refusal(spec, { ...details, confirmAt: wayTo(state, page) })
}

/** For proxies that hand the answer on to the browser as it is (`?otherwise=redirect`). */
export const redirectForProxy = (state: RequestState, refusal: Refusal): Reply | null => {
  const { signInAt, confirmAt } = refusal.details
  const location = signInAt ?? confirmAt
  const isAsked = state.incoming.query().otherwise === 'redirect'
  if (!isAsked || location === undefined) return null
  // Whoever shows a key is a program: it is told what is wrong with it, not shown a page.
  if (refusal.spec.code === refusals.key_invalid.code) return null
  return { status: 302, headers: { ...state.headers, location }, body: null }
}
