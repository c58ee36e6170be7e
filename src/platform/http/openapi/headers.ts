import type { Output } from '@latchkey/kit'
import { takesKey } from '#platform/operations/idempotency.ts'
import { type Entry, isOpen, takesScope } from '#platform/operations/registry.ts'

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
  SignInAt: {
    description:
      'The sign-in page, or the one where a person confirms it is them, with the way back to the path the proxy asked about. Left out where neither would help.',
    schema: text('https://account.example.com/login?next=%2Freports'),
  },
  Location: {
    description:
      'The sign-in page, or the one where a person confirms it is them, with the way back to the path the proxy asked about.',
    schema: text('https://account.example.com/login?next=%2Freports'),
  },
  Etag: {
    description: 'Names this version; send it back in `If-None-Match`.',
    schema: text('"3"'),
  },
}

type HeaderName = keyof typeof headers

/** As it stands on the wire, where that is not the name with dashes. */
const names: Readonly<Record<HeaderName, string>> = {
  RateLimit: 'RateLimit',
  RateLimitPolicy: 'RateLimit-Policy',
  RetryAfter: 'Retry-After',
  RequestId: 'X-Request-Id',
  IdempotencyReplayed: 'Idempotency-Replayed',
  TokenExpires: 'X-Latchkey-Token-Expires',
  CsrfToken: 'X-CSRF-Token',
  Challenge: 'WWW-Authenticate',
  SignInAt: 'X-Latchkey-Redirect',
  Location: 'Location',
  Etag: 'ETag',
}

const named = (list: readonly HeaderName[]): object =>
  Object.fromEntries(list.map((one) => [names[one], { $ref: `#/components/headers/${one}` }]))

const answered = (output: Output): object =>
  'kind' in output && output.kind === 'headers'
    ? Object.fromEntries(
        output.names.map((name) => [
          name,
          { schema: { type: 'string' }, description: 'Left out when there is none.' },
        ]),
      )
    : {}

/** Only what is refused for want of a credential is counted where a proxy asks: see proxied.ts. */
const isLimited = ({ operation }: Entry, status: number): boolean =>
  operation.caller !== 'proxy' || [302, 401, 429].includes(status)

/** Every answer to a key says how long it lives. Where a proxy lets it through, that is among the answer's own headers. */
const isToKey = (entry: Entry, status: number): boolean =>
  entry.operation.caller === 'proxy'
    ? ![200, 302, 401].includes(status)
    : status !== 401 || isOpen(entry)

/** Every header that is meant for the reader of an answer, and none that only tells browsers about pages. */
export const headersOf = (entry: Entry, status: number): object => {
  const { operation } = entry
  const isProxy = operation.caller === 'proxy'
  const file = 'kind' in operation.output && operation.output.kind === 'file'
  const list: readonly (readonly [HeaderName, boolean])[] = [
    ['RateLimit', isLimited(entry, status)],
    ['RateLimitPolicy', isLimited(entry, status)],
    ['RequestId', true],
    ['RetryAfter', status === 429 || status === 503],
    ['IdempotencyReplayed', takesKey(entry)],
    ['TokenExpires', isToKey(entry, status)],
    ['CsrfToken', !isProxy],
    ['Challenge', status === 401 || (status === 403 && takesScope(entry))],
    ['SignInAt', isProxy && (status === 401 || status === 403)],
    ['Location', status === 302],
    ['Etag', file && (status === 200 || status === 304)],
  ]
  return {
    ...named(list.filter(([, isSent]) => isSent).map(([name]) => name)),
    ...(status === 200 ? answered(operation.output) : {}),
  }
}
