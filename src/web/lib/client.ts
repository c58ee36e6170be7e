import { cursors, lines, pageAs, pages, uploads as uploadLimits } from 'virtual:rest-lines'
import type { FileOutput, StreamOutput, Upload } from '@latchkey/kit'
import type { z } from 'zod'
import type { Contracts } from './contracts.ts'
import { type Queries, queriesOf } from './operation-queries.ts'
import { Problem, problemOfSilence, readAnswer, readProblem } from './problem.ts'
import { type Request, requestOf, type Values } from './request.ts'

export { asProblem, Problem, type ProblemField } from './problem.ts'
export { pageAs, pages }

type OperationsOf<M extends keyof Contracts> = Contracts[M]['operations']
type UploadOf<O> = O extends { upload?: infer U } ? Extract<U, Upload> : never
type Loaded = FileOutput | StreamOutput

/** What an operation takes. The body of an upload is `content`. */
export type InputOf<O> = O extends { input: infer I extends z.ZodType }
  ? z.input<I> & ([UploadOf<O>] extends [never] ? unknown : { readonly content: Blob })
  : never
/** What an operation answers. */
export type AnswerOf<O> = O extends { output: infer R extends z.ZodType } ? z.output<R> : never

export type CallOptions = { readonly signal?: AbortSignal }
type WithInput<I, R> =
  Record<never, never> extends I
    ? (input?: I, options?: CallOptions) => R
    : (input: I, options?: CallOptions) => R

type AnswerKeys<T> = { [K in keyof T]: T[K] extends { output: Loaded } ? never : K }[keyof T]
type LoadedKeys<T> = { [K in keyof T]: T[K] extends { output: Loaded } ? K : never }[keyof T]
type UploadKeys<T> = { [K in keyof T]: [UploadOf<T[K]>] extends [never] ? never : K }[keyof T]

/** The calls of one contract's operations. */
export type ApiOf<Ops> = {
  readonly [K in AnswerKeys<Ops>]: WithInput<InputOf<Ops[K]>, Promise<AnswerOf<Ops[K]>>> &
    Queries<InputOf<Ops[K]>, AnswerOf<Ops[K]>>
}
export type Api = { readonly [M in keyof Contracts]: ApiOf<OperationsOf<M>> }
/** Addresses of what is not called but loaded: files (`<img src>`) and streams (`EventSource`). */
export type UrlOf = {
  readonly [M in keyof Contracts]: {
    readonly [K in LoadedKeys<OperationsOf<M>>]: WithInput<InputOf<OperationsOf<M>[K]>, string>
  }
}
export type Uploads = {
  readonly [M in keyof Contracts]: { readonly [K in UploadKeys<OperationsOf<M>>]: Upload }
}

/** `operation` is the call as it is written: `sessions.endOthers`. */
export type ConfirmationRequest = {
  readonly operation: string
  readonly methods: readonly string[]
}
export type ClientHooks = {
  /** The session is over. Called once per refused call, after a second attempt. */
  readonly onSignedOut: () => void
  /** Asks for proof that it is you; true repeats the refused call with its input. */
  readonly confirmItIsYou: (request: ConfirmationRequest) => Promise<boolean>
  /** The cookie is another one than before. False: it is another person's, and nothing is to be repeated as them. */
  readonly isSamePerson: () => Promise<boolean>
}

/** Long enough for a password hash behind a queue, short enough not to leave the user wondering. */
const timeoutMilliseconds = 30_000
const uploadTimeoutMilliseconds = 180_000

let hooks: ClientHooks = {
  onSignedOut: () => {},
  confirmItIsYou: async () => false,
  isSamePerson: async () => true,
}
let csrfToken: string | null = null
let openConfirmation: Promise<boolean> | null = null

/** Called once, by the code that starts the page. */
export const configureClient = (given: Partial<ClientHooks>): void => {
  hooks = { ...hooks, ...given }
}

const attempt = async (request: Request, signal: AbortSignal): Promise<unknown> => {
  const headers = new Headers({ accept: 'application/json' })
  if (request.idempotencyKey) headers.set('idempotency-key', `"${request.idempotencyKey}"`)
  if (request.contentType) headers.set('content-type', request.contentType)
  if (csrfToken !== null && request.method !== 'GET') headers.set('x-csrf-token', csrfToken)
  const { method, url, body } = request
  const response = await fetch(url, {
    method,
    headers,
    signal,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body }),
  })
  const before = csrfToken
  csrfToken = response.headers.get('x-csrf-token') ?? csrfToken
  if (!response.ok) throw await readProblem(response)
  // A call that is refused for it asks again before it is repeated.
  if (before !== null && csrfToken !== before) void hooks.isSamePerson().catch(() => {})
  return response.status === 204 ? {} : readAnswer(response)
}

const attemptInTime = async (request: Request, options: CallOptions): Promise<unknown> => {
  const isUpload = request.body instanceof Blob
  const limit = AbortSignal.timeout(isUpload ? uploadTimeoutMilliseconds : timeoutMilliseconds)
  try {
    return await attempt(request, options.signal ? AbortSignal.any([options.signal, limit]) : limit)
  } catch (error) {
    if (error instanceof Problem || options.signal?.aborted) throw error
    throw problemOfSilence(error)
  }
}

/** Calls that are refused while the dialog is open wait for the same answer: there is one dialog, not five. */
const confirmOnce = (request: ConfirmationRequest): Promise<boolean> => {
  openConfirmation ??= hooks.confirmItIsYou(request).finally(() => {
    openConfirmation = null
  })
  return openConfirmation
}

/** Decides whether a refused call is worth repeating. Each reason counts once per call. */
const mayRepeat = async (
  operation: string,
  problem: Problem,
  isFirst: boolean,
): Promise<boolean> => {
  switch (problem.code) {
    case 'http.csrf_token':
      // The refusal brought the token that is valid now.
      return isFirst && hooks.isSamePerson()
    case 'auth.sign_in_required':
      // Another tab may have changed the cookie while this call was under way.
      if (!isFirst) hooks.onSignedOut()
      return isFirst
    case 'auth.confirm_again':
      return isFirst && confirmOnce({ operation, methods: problem.methods })
    default:
      return false
  }
}

const call = async (
  operation: string,
  request: Request,
  options: CallOptions,
): Promise<unknown> => {
  const seen = new Set<string>()
  for (;;) {
    try {
      return await attemptInTime(request, options)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const isFirst = !seen.has(error.code)
      seen.add(error.code)
      if (!(await mayRepeat(operation, error, isFirst))) throw error
    }
  }
}

/** A key of its own for every change; when the call is repeated, it is the same one. */
const once = (request: Request): Request =>
  request.method === 'POST' ? { ...request, idempotencyKey: crypto.randomUUID() } : request

const mapLines = <T>(make: (module: string, operation: string, line: string) => unknown): T =>
  Object.fromEntries(
    Object.entries(lines).map(([module, operations]) => [
      module,
      Object.fromEntries(
        Object.entries(operations).map(([key, line]) => [key, make(module, key, line)]),
      ),
    ]),
  ) as T

/**
 * Every operation of every contract, typed: `await api.sessions.end({ sessionId })`. Throws `Problem`. Each carries its
 * queries: `useQuery(api.sessions.read.query({ sessionId }))`, `useInfiniteQuery(api.sessions.list.pages())`.
 */
export const api: Api = mapLines((module, operation, line) => {
  const isUpload = uploadLimits[module]?.[operation] !== undefined
  const ask = async (input: Values = {}, options: CallOptions = {}) =>
    call(`${module}.${operation}`, once(requestOf(line, input, isUpload)), options)
  const cursor = cursors[module]?.[operation]
  return Object.assign(ask, queriesOf({ module, operation, cursor }, ask))
})

export const urlOf: UrlOf = mapLines(
  (_, __, line) =>
    (input: Values = {}) =>
      requestOf(line, input, false).url,
)

/** What may be uploaded where: `uploads.account.setPicture.bytesMax`. */
export const uploads = uploadLimits as unknown as Uploads
