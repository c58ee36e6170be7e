import type { DocumentedHeaders, Exchange, HttpReply, Problem, Protocol } from '@latchkey/kit'
import { json } from '#platform/http/protocols/json.ts'
import { readQuery } from '#platform/http/request/incoming.ts'
import { problemReply } from '#platform/http/response/problem.ts'
import { requireOnce } from '#platform/input/validation.ts'
import { refusals } from '#platform/refusals.ts'
import { askedPath, isNavigation, isPreflight } from './asked.ts'
import { verifySettings } from './settings.ts'

/** Header with the address a proxy sends the user to; the application must never read it. */
export const redirectHeader = 'x-latchkey-redirect'

/** What the operator of a proxy asks for that cannot put it into the address, written like a query. */
const askHeader = 'x-latchkey-ask'

/**
 * A query below our address is the visitor's, so the question is in a header there. An operator who sets it overwrites what
 * a visitor sent; where none is set, a visitor's can only ask for more. Such a proxy passes every refusal on.
 */
const questionOf = ({ request }: Exchange): Record<string, unknown> =>
  request.below === ''
    ? request.query()
    : { otherwise: 'redirect', ...readQuery(request.headers.get(askHeader) ?? '') }

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

const mayPass = (exchange: Exchange, { code }: Problem): boolean =>
  code === refusals.sign_in_required.code &&
  exchange.config.read(verifySettings).preflights === 'pass' &&
  isPreflight(exchange)

/** For proxies that pass the answer on to the browser unchanged (`?otherwise=redirect`). */
const isToBeSent = (exchange: Exchange, { code }: Problem): boolean =>
  // A caller that shows a key is told what is wrong with it, not shown a page.
  questionOf(exchange).otherwise === 'redirect' && code !== refusals.key_invalid.code

const refuse = (exchange: Exchange, refused: Problem): HttpReply => {
  if (mayPass(exchange, refused)) return { status: 200, headers: {}, body: null }
  const problem = withWayOn(exchange, refused)
  const location = problem.signInAt ?? problem.confirmAt
  // A program is told what is wrong, and where a person could do something about it: a page would be no answer to it.
  if (location === undefined || !isNavigation(exchange)) return problemReply(problem)
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
 * The protocol of forward authentication (nginx `auth_request`, Traefik `forwardAuth`, Caddy `forward_auth`, Envoy
 * `ext_authz`): the answer is in its headers, and a refusal says where to sign in. Only refused credentials count against the limit of an address, so
 * that guesses through a proxy do not slow down other users behind it.
 */
export const proxy: Protocol = {
  ...json,
  id: 'proxy',
  counts: 'refusals',
  expectsRefusals: true,
  tellsCsrfToken: false,
  answersBare: true,
  asksAbout: 'another-request',
  read: async (exchange) =>
    exchange.request.below === ''
      ? json.read(exchange)
      : { input: requireOnce(questionOf(exchange)) },
  refuse,
  document: {
    ...json.document,
    answers: (operation) => ({
      ...json.document.answers(operation),
      302: {
        description:
          'To the sign-in page: nobody is signed in, `otherwise` is `redirect`, and a browser goes to a page.',
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
