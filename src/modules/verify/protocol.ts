import type { DocumentedHeaders, Exchange, HttpReply, Problem, Protocol } from '@latchkey/kit'
import { json } from '#platform/http/protocols/json.ts'
import { problemReply } from '#platform/http/response/problem.ts'
import { refusals } from '#platform/refusals.ts'

/** Header with the address a proxy sends the user to; the application must never read it. */
export const redirectHeader = 'x-latchkey-redirect'

const pathMax = 2000
/** What a proxy calls the address it asks about: nginx by convention, Traefik and Caddy by themselves. */
const pathHeaders = ['x-original-uri', 'x-forwarded-uri']

/** A path of this site. It goes into a link that the sign-in page checks once more before it is followed. */
const askedPath = ({ request }: Exchange): string | null => {
  const path = pathHeaders.map((name) => request.headers.get(name)).find((one) => one !== null)
  if (!path || path.length > pathMax) return null
  return /^\/(?!\/)[\x21-\x7e]*$/.test(path) ? path : null
}

const wayTo = (exchange: Exchange, page: string): string => {
  const address = `${exchange.origin}${page}`
  const path = askedPath(exchange)
  if (path === null) return address
  return `${address}${page.includes('?') ? '&' : '?'}next=${encodeURIComponent(path)}`
}

/** The way on, where a person can do something about the refusal. */
const withWayOn = (exchange: Exchange, problem: Problem): Problem => {
  const { signIn, confirm } = exchange.pages
  if (problem.status === 401) return { ...problem, signInAt: wayTo(exchange, signIn) }
  const page = confirm.get(problem.code)
  // A key cannot confirm its user: a program gets the refusal and no redirect.
  if (page === undefined || exchange.actor.kind !== 'session') return problem
  return { ...problem, confirmAt: wayTo(exchange, page) }
}

/** For proxies that pass the answer on to the browser unchanged (`?otherwise=redirect`). */
const isToBeSent = ({ request }: Exchange, { code }: Problem): boolean =>
  // A caller that shows a key is a program: it is told what is wrong with it, not shown a page.
  request.query().otherwise === 'redirect' && code !== refusals.key_invalid.code

const refuse = (exchange: Exchange, refused: Problem): HttpReply => {
  const problem = withWayOn(exchange, refused)
  const location = problem.signInAt ?? problem.confirmAt
  if (location === undefined) return problemReply(problem)
  if (isToBeSent(exchange, problem)) return { status: 302, headers: { location }, body: null }
  return problemReply(problem, { [redirectHeader]: location })
}

const pages =
  'The sign-in page, or the one where a person confirms it is them, with the way back to the path the proxy asked about.'
const schema = { type: 'string', example: 'https://account.example.com/login?next=%2Freports' }
const components = {
  SignInAt: { description: `${pages} Left out where neither would help.`, schema },
  Location: { description: pages, schema },
}

/**
 * The protocol of forward authentication (nginx `auth_request`, Traefik `forwardAuth`, Caddy `forward_auth`): the answer is
 * in its headers, and a refusal says where to sign in. Only refused credentials count against the limit of an address, so
 * that guesses through a proxy do not slow down other users behind it.
 */
export const proxy: Protocol = {
  ...json,
  id: 'proxy',
  counts: 'refusals',
  expectsRefusals: true,
  tellsCsrfToken: false,
  answersBare: true,
  refuse,
  document: {
    ...json.document,
    answers: (operation) => ({
      ...json.document.answers(operation),
      302: {
        description: 'To the sign-in page: nobody is signed in, and `otherwise` is `redirect`.',
        headers: { Location: 'Location' },
      },
    }),
    refusal: {
      ...json.document.refusal,
      headers: (status): DocumentedHeaders =>
        status === 401 || status === 403 ? { 'X-Latchkey-Redirect': 'SignInAt' } : {},
    },
    components,
  },
}
