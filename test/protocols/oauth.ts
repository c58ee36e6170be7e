import {
  answer,
  defineModule,
  defineRefusals,
  operation,
  type Protocol,
  Refusal,
} from '@latchkey/kit'
import { z } from 'zod'
import { json } from '#platform/http/protocols/json.ts'
import { problemReply } from '#platform/http/response/problem.ts'
import { refusals as platform } from '#platform/refusals.ts'

const bytesMax = 16 * 1024
const form = 'application/x-www-form-urlencoded'

const refusals = defineRefusals({
  invalid_grant: {
    code: 'oauth.invalid_grant',
    status: 400,
    title: 'This code is not valid.',
    help: 'Begin the authorization again.',
  },
})

/** RFC 6749 §5.2. What it has no word for is an invalid request. */
const words: Readonly<Record<string, string>> = {
  [refusals.invalid_grant.code]: 'invalid_grant',
  [platform.too_many_requests.code]: 'temporarily_unavailable',
  'http.fault': 'server_error',
}
const wordOf = ({ code, status }: { readonly code: string; readonly status: number }): string =>
  words[code] ?? (status === 401 ? 'invalid_client' : 'invalid_request')

const statusOf = (status: number): number => ([401, 429, 500].includes(status) ? status : 400)

/** The token endpoint of RFC 6749: a form in, unknown parameters ignored (§3.2), errors of §5.2. */
const oauth: Protocol = {
  ...json,
  id: 'oauth',
  unknownFields: 'ignored',
  tellsCsrfToken: false,
  read: async ({ request }) => {
    const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]
    if (type !== form) throw new Refusal(platform.content_type)
    const text = new TextDecoder().decode(await request.readBody(bytesMax))
    const sent = new URLSearchParams(text)
    // §3.2: parameters must not be included more than once.
    if ([...sent.keys()].some((name) => sent.getAll(name).length > 1))
      throw new Refusal(platform.malformed_body)
    return { input: Object.fromEntries(sent) }
  },
  refuse: (_exchange, problem) => {
    const { headers } = problemReply(problem)
    const body = JSON.stringify({ error: wordOf(problem), error_description: problem.title })
    const status = statusOf(problem.status)
    return { status, headers: { ...headers, 'content-type': 'application/json' }, body }
  },
  document: {
    ...json.document,
    body: (fields) => ({ [form]: fields }),
    refusal: {
      mediaType: 'application/json',
      schema: z.object({ error: z.string(), error_description: z.string().optional() }),
      example: (spec) => ({ error: wordOf(spec), error_description: spec.title }),
      status: statusOf,
    },
  },
}

const operations = {
  exchange: operation({
    name: 'oauth.exchange',
    summary: 'Exchange a code for a token',
    access: { anyone: true, because: 'the code is the proof', from: 'programs' },
    input: z.object({ grant_type: z.literal('authorization_code'), code: z.string().max(100) }),
    output: z.object({ access_token: z.string(), token_type: z.literal('Bearer') }),
    refusals: [refusals.invalid_grant],
    rest: 'POST /oauth/token',
    speaks: 'oauth',
  }),
}

export const oauthModule = defineModule({
  name: 'oauth',
  summary: 'A token endpoint',
  refusals,
  protocols: [oauth],
  operations: answer(operations, {
    exchange: async (_ctx, { code }) => {
      if (code !== 'good') throw new Refusal(refusals.invalid_grant)
      return { access_token: 'at_1', token_type: 'Bearer' as const }
    },
  }),
})
