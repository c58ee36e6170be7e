import type { Refusal, RefusalDetails } from '@latchkey/kit'
import { fault, refusals } from '#platform/refusals.ts'
import { type Reply, toResponse } from './reply.ts'

/** RFC 9457. `instance` is the request id: it is what support asks for. */
export type ProblemDocument = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  /** What to do about it, the same each time; `detail` is about this one answer. */
  readonly help: string
  readonly instance: string
} & RefusalDetails

/** draft-ietf-httpapi-ratelimit-headers: programs that know nothing of us know these. Our code stands beside them. */
const registered = 'https://iana.org/assignments/http-problem-types'
const registeredTypes: ReadonlyMap<string, string> = new Map([
  [refusals.too_many_requests.code, `${registered}#quota-exceeded`],
  [refusals.busy.code, `${registered}#temporary-reduced-capacity`],
])

export const problemType = (code: string): string =>
  registeredTypes.get(code) ?? `/api/problems/${code}`

const policiesIn = (header: string): string[] =>
  [...header.matchAll(/"([^"]+)";q=/g)].map(([, name = '']) => name)

/**
 * A wait after wrong guesses does not name the count behind it: that would tell whether an account exists. The limits
 * that the answer carries in any case are named instead.
 */
const violatedPolicies = ({ spec, details }: Refusal, headers: Reply['headers']) => {
  if (spec.code !== refusals.too_many_requests.code || details['violated-policies']) return {}
  return { 'violated-policies': policiesIn(String(headers['ratelimit-policy'] ?? '')) }
}

/** `headers`: what the answer carries so far, for what it says of limits. */
export const refusalDocument = (
  refusal: Refusal,
  requestId: string,
  headers: Reply['headers'],
): ProblemDocument => ({
  type: problemType(refusal.spec.code),
  title: refusal.spec.title,
  status: refusal.spec.status,
  code: refusal.spec.code,
  help: refusal.spec.help,
  instance: requestId,
  ...refusal.details,
  ...violatedPolicies(refusal, headers),
})

/** Nothing about the fault itself: that goes to the log under the same request id. */
export const faultDocument = (requestId: string): ProblemDocument => ({
  type: problemType(fault.code),
  ...fault,
  instance: requestId,
})

/** Where a proxy sends the person; the application must never read it. */
export const redirectHeader = 'x-latchkey-redirect'

/** RFC 6750 §3. Never `Basic`, though it is accepted: browsers would answer it with a pop-up of their own. */
const challengeOf = ({ status, code, scope }: ProblemDocument): string | null => {
  const realm = 'Bearer realm="latchkey"'
  if (code === refusals.key_invalid.code) return `${realm}, error="invalid_token"`
  if (code === refusals.scope_missing.code)
    return `${realm}, error="insufficient_scope", scope="${scope ?? ''}"`
  // RFC 9110 §11.6.1 wants a challenge with every 401.
  return status === 401 ? realm : null
}

export const problemReply = (problem: ProblemDocument, headers: Reply['headers']): Reply => {
  const sent: Reply['headers'] = { ...headers, 'content-type': 'application/problem+json' }
  if (problem.retryAfterSeconds !== undefined)
    sent['retry-after'] = String(problem.retryAfterSeconds)
  const wayOn = problem.signInAt ?? problem.confirmAt
  if (wayOn !== undefined) sent[redirectHeader] = wayOn
  const challenge = challengeOf(problem)
  if (challenge) sent['www-authenticate'] = challenge
  return { status: problem.status, headers: sent, body: JSON.stringify(problem) }
}

export const problemResponse = (problem: ProblemDocument, headers: Reply['headers']): Response =>
  toResponse(problemReply(problem, headers))
