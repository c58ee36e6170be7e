import { takesKey } from '#platform/operations/idempotency.ts'
import { isOpen, takesScope } from '#platform/operations/registry.ts'
import type { Endpoint } from '../endpoint.ts'

const text = (example: string) => ({ type: 'string' as const, example })

export const headers = {
  RateLimit: {
    description: 'What is left of the limit that applied, and the seconds until it is whole again.',
    schema: text('"people.invite";r=49;t=3600'),
  },
  RateLimitPolicy: {
    description: 'The limit that applied: how many calls in how many seconds.',
    schema: text('"people.invite";q=50;w=3600'),
  },
  RetryAfter: {
    description: 'Seconds to wait.',
    schema: { type: 'integer' as const, example: 30 },
  },
  RequestId: {
    description: 'Names this request in the log of the server.',
    schema: text('req_01k9w4z0v5t6r7q8p9n0m1k2j3'),
  },
  IdempotencyReplayed: {
    description: 'There when this is the answer of an earlier call with the same key.',
    schema: { type: 'string' as const, enum: ['true'] },
  },
  TokenExpires: {
    description:
      'When the key that was shown expires. Left out when it does not, or when it was none.',
    schema: { type: 'string' as const, format: 'date-time' },
  },
  CsrfToken: {
    description: 'What a browser session sends back with every change. Left out when it was a key.',
    schema: text('bW9ja2luZ2JpcmQtdmlvbGluLXN1bmRhbC1oYXJib3U'),
  },
  Challenge: {
    description:
      'How to say who it is, and what was wrong with the key (RFC 6750 §3). With 403 when a scope is missing.',
    schema: text('Bearer realm="latchkey", error="insufficient_scope", scope="account:read"'),
  },
}

type HeaderName = keyof typeof headers

/** Header names that are not simply the field name with dashes. */
const names: Readonly<Record<HeaderName, string>> = {
  RateLimit: 'RateLimit',
  RateLimitPolicy: 'RateLimit-Policy',
  RetryAfter: 'Retry-After',
  RequestId: 'X-Request-Id',
  IdempotencyReplayed: 'Idempotency-Replayed',
  TokenExpires: 'X-Latchkey-Token-Expires',
  CsrfToken: 'X-CSRF-Token',
  Challenge: 'WWW-Authenticate',
}

const named = (list: readonly HeaderName[]): object =>
  Object.fromEntries(list.map((one) => [names[one], { $ref: `#/components/headers/${one}` }]))

const ownHeaders = ({ entry, protocol }: Endpoint, status: number): object => {
  const { answers, refusal } = protocol.document
  const own = answers(entry.operation)[status]?.headers ?? refusal.headers?.(status) ?? {}
  return Object.fromEntries(
    Object.entries(own).map(([name, header]) => [
      name,
      typeof header === 'string' ? { $ref: `#/components/headers/${header}` } : header,
    ]),
  )
}

/** Where only refusals count, only an answer that refused the credential carries the limit's headers. */
const isLimited = ({ protocol }: Endpoint, status: number): boolean =>
  protocol.counts === 'calls' || [302, 401, 429].includes(status)

/** Every answer to a recognised key says when the key expires, except bare answers, which carry no such header. */
const isToKey = ({ entry, protocol }: Endpoint, status: number): boolean => {
  if (protocol.answersBare && status === 200) return false
  return status !== 302 && (status !== 401 || isOpen(entry))
}

/** Every header a client reads, without those that only tell browsers about pages. */
export const headersOf = (endpoint: Endpoint, status: number): object => {
  const { entry, protocol } = endpoint
  const list: readonly (readonly [HeaderName, boolean])[] = [
    ['RateLimit', isLimited(endpoint, status)],
    ['RateLimitPolicy', isLimited(endpoint, status)],
    ['RequestId', true],
    ['RetryAfter', status === 429 || status === 503],
    ['IdempotencyReplayed', takesKey(entry)],
    ['TokenExpires', isToKey(endpoint, status)],
    ['CsrfToken', protocol.tellsCsrfToken],
    ['Challenge', status === 401 || (status === 403 && takesScope(entry))],
  ]
  const sent = list.filter(([, isSent]) => isSent).map(([name]) => name)
  return { ...named(sent), ...ownHeaders(endpoint, status) }
}
