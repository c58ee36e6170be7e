import {
  answer,
  defineModule,
  defineRefusals,
  type Exchange,
  operation,
  type Protocol,
  Refusal,
} from '@latchkey/kit'
import { z } from 'zod'
import { json } from '#platform/http/protocols/json.ts'
import { problemReply } from '#platform/http/response/problem.ts'
import { refusals as platform } from '#platform/refusals.ts'

const bytesMax = 64 * 1024

const refusals = defineRefusals({
  not_a_call: {
    code: 'rpc.not_a_call',
    status: 400,
    title: 'This is not one call.',
    help: 'Send one JSON-RPC 2.0 call; several at once are not taken.',
  },
  unknown_method: {
    code: 'rpc.unknown_method',
    status: 404,
    title: 'There is no such method.',
    help: 'Look the methods up.',
  },
})

/** JSON-RPC 2.0 §5.1; what it has no number for is in the range left to servers. */
const numbers: Readonly<Record<string, number>> = {
  [platform.malformed_body.code]: -32700,
  [refusals.not_a_call.code]: -32600,
  [refusals.unknown_method.code]: -32601,
  [platform.invalid_input.code]: -32602,
  'http.fault': -32603,
}
const errorOf = ({ code, title }: { readonly code: string; readonly title: string }) => ({
  code: numbers[code] ?? -32000,
  message: title,
  data: { code },
})

type Id = string | number | null
/** Undefined before the call was read. A notification has none, and gets no answer (§4.1). */
type Memo = { readonly id: Id; readonly isNotification: boolean } | undefined

const isCall = (call: unknown): call is { method: string; params?: unknown; id?: Id } =>
  typeof call === 'object' &&
  call !== null &&
  'jsonrpc' in call &&
  call.jsonrpc === '2.0' &&
  'method' in call &&
  typeof call.method === 'string'

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Refusal(platform.malformed_body)
  }
}

const envelope = (exchange: Exchange, status: number, said: object) => {
  const memo = exchange.memo as Memo
  if (memo?.isNotification) return { status: 202, headers: {}, body: null }
  const body = JSON.stringify({ jsonrpc: '2.0', id: memo?.id ?? null, ...said })
  return { status, headers: { 'content-type': 'application/json' }, body }
}

const rpc: Protocol = {
  ...json,
  id: 'json-rpc',
  read: async (exchange) => {
    const { headers } = exchange.request
    if (headers.get('content-type') !== 'application/json') throw new Refusal(platform.content_type)
    const call = parse(await exchange.request.readBody(bytesMax))
    if (!isCall(call)) throw new Refusal(refusals.not_a_call)
    const { method, params = {}, id } = call
    exchange.memo = { id: id ?? null, isNotification: id === undefined } satisfies Memo
    return { input: { method, params } }
  },
  write: (exchange, output) => envelope(exchange, 200, { result: output }),
  refuse: (exchange, problem) => {
    const written = envelope(exchange, problem.status, { error: errorOf(problem) })
    return { ...written, headers: { ...problemReply(problem).headers, ...written.headers } }
  },
  document: {
    body: (fields) => ({
      'application/json': z.object({
        jsonrpc: z.literal('2.0'),
        id: z.union([z.string(), z.int()]).optional(),
        ...fields.shape,
      }),
    }),
    answers: ({ output, summary }) => ({
      200: {
        description: summary,
        content: {
          'application/json': z.object({
            jsonrpc: z.literal('2.0'),
            id: z.union([z.string(), z.int()]),
            result: output as z.ZodType,
          }),
        },
      },
      202: { description: 'It was a notification.' },
    }),
    refusal: {
      mediaType: 'application/json',
      schema: z.object({
        jsonrpc: z.literal('2.0'),
        id: z.union([z.string(), z.int()]).nullable(),
        error: z.object({ code: z.int(), message: z.string() }),
      }),
      example: (spec) => ({ jsonrpc: '2.0', id: null, error: errorOf(spec) }),
    },
  },
}

const operations = {
  call: operation({
    name: 'rpc.call',
    summary: 'Call a method',
    access: { permission: 'account.view', scope: 'any' },
    input: z.object({ method: z.string(), params: z.strictObject({ by: z.int().optional() }) }),
    output: z.object({ count: z.int() }),
    refusals: [refusals.not_a_call, refusals.unknown_method],
    rest: 'POST /rpc',
    speaks: 'json-rpc',
  }),
}

export const rpcModule = (): ReturnType<typeof defineModule> => {
  let count = 0
  return defineModule({
    name: 'rpc',
    summary: 'Methods behind one address',
    refusals,
    protocols: [rpc],
    operations: answer(operations, {
      call: async (_ctx, { method, params }) => {
        if (method !== 'add') throw new Refusal(refusals.unknown_method)
        count += params.by ?? 1
        return { count }
      },
    }),
  })
}
