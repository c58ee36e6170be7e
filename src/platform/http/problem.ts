import type { Refusal } from '@latchkey/kit'
import { faultCode, refusals } from './refusals.ts'
import { type Reply, toResponse } from './reply.ts'

/** RFC 9457. `instance` is the request id: it is what support asks for. */
export type ProblemDocument = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly instance: string
  readonly detail?: string
  readonly fields?: Refusal['details']['fields']
  readonly methods?: readonly string[]
  readonly scope?: string
  readonly signInAt?: string
  readonly retryAfterSeconds?: number
}

export const problemType = (code: string): string => `/api/problems/${code}`

export const refusalDocument = (refusal: Refusal, requestId: string): ProblemDocument => ({
  type: problemType(refusal.spec.code),
  title: refusal.spec.title,
  status: refusal.spec.status,
  code: refusal.spec.code,
  instance: requestId,
  ...refusal.details,
})

/** Nothing about the fault itself: that goes to the log under the same request id. */
export const faultDocument = (requestId: string): ProblemDocument => ({
  type: problemType(faultCode),
  title: 'Something went wrong on the server.',
  status: 500,
  code: faultCode,
  instance: requestId,
})

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
  if (problem.signInAt !== undefined) sent['x-latchkey-redirect'] = problem.signInAt
  const challenge = challengeOf(problem)
  if (challenge) sent['www-authenticate'] = challenge
  return { status: problem.status, headers: sent, body: JSON.stringify(problem) }
}

export const problemResponse = (problem: ProblemDocument, headers: Reply['headers']): Response =>
  toResponse(problemReply(problem, headers))
