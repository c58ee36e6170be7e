import type { Problem } from '@latchkey/kit'
import { z } from 'zod'
import { refusals } from '#platform/refusals.ts'
import { type Reply, toResponse } from './reply.ts'

export const problemSchema = z
  .object({
    type: z
      .string()
      .describe(
        'Where the code is explained. For 429 and 503 the registered type that programs know (IANA, http-problem-types).',
      ),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    help: z.string().describe('What to do about it, in a sentence or two.'),
    instance: z.string().describe('The request id.'),
    detail: z.string().optional(),
    fields: z
      .array(z.object({ pointer: z.string(), code: z.string(), message: z.string() }))
      .optional(),
    methods: z.array(z.string()).optional(),
    retryAfterSeconds: z.int().optional(),
    'violated-policies': z
      .array(z.string())
      .optional()
      .describe('With 429: names of the limits that were reached, as in RateLimit-Policy.'),
    signInAt: z.string().optional().describe('Where a person signs in, for proxies.'),
    confirmAt: z
      .string()
      .optional()
      .describe('Where a person proves once more that it is them, for proxies.'),
    scope: z.string().optional().describe('What the key would have to be granted.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details. `code` is stable.' })

/** RFC 6750 §3. Never `Basic`, though it is accepted: browsers would answer it with a pop-up of their own. */
const challengeOf = ({ status, code, scope }: Problem): string | null => {
  const realm = 'Bearer realm="latchkey"'
  if (code === refusals.key_invalid.code) return `${realm}, error="invalid_token"`
  if (code === refusals.scope_missing.code)
    return `${realm}, error="insufficient_scope", scope="${scope ?? ''}"`
  // RFC 9110 §11.6.1 wants a challenge with every 401.
  return status === 401 ? realm : null
}

/** A problem document (RFC 9457). `headers`: further headers of the answer. */
export const problemReply = (problem: Problem, headers: Reply['headers'] = {}): Reply => {
  const sent: Reply['headers'] = { ...headers, 'content-type': 'application/problem+json' }
  if (problem.retryAfterSeconds !== undefined)
    sent['retry-after'] = String(problem.retryAfterSeconds)
  const challenge = challengeOf(problem)
  if (challenge) sent['www-authenticate'] = challenge
  return { status: problem.status, headers: sent, body: JSON.stringify(problem) }
}

export const problemResponse = (problem: Problem, headers: Reply['headers']): Response =>
  toResponse(problemReply(problem, headers))
