import { type HttpReply, type IssuedSecrets, type Problem, Refusal } from '@latchkey/kit'
import { resolveActor } from '../identity/resolve.ts'
import { admit } from '../operations/admit.ts'
import { readKey } from '../operations/idempotency.ts'
import { takeFromAddress } from '../operations/limits.ts'
import { type Performed, perform } from '../operations/perform.ts'
import { problemOf } from '../operations/problem.ts'
import { refusals } from '../refusals.ts'
import type { Endpoint } from './endpoint.ts'
import { UnreadBody } from './request/body.ts'
import { deviceCookie, secretCookie } from './request/cookies.ts'
import { csrfToken, requireCsrfToken, requireOwnOrigin } from './request/protection.ts'
import { RequestState } from './request-state.ts'
import type { Incoming, Runtime } from './runtime.ts'

const authenticate = async (state: RequestState): Promise<void> => {
  const { runtime, operation, request } = state
  const { credentials } = request
  const { access } = operation
  requireOwnOrigin(request.headers, {
    method: state.method,
    hasCookie: credentials.sessionCookie !== null,
    carrier: credentials.key?.carrier ?? null,
    from: 'anyone' in access ? access.from : undefined,
    origins: runtime.origins,
  })
  state.actor = await resolveActor(runtime, credentials, request.client)
  if (state.actor.kind === 'session' && credentials.sessionCookie !== null)
    requireCsrfToken(request.headers, state.method, credentials.sessionCookie)
}

const notOurScheme =
  'The Authorization header holds neither “Bearer” and a key, nor “Basic” with an e-mail address and an API key.'

/** A caller with an invalid key is told that the key is invalid: "sign in" would mislead a program. */
const requireValidKey = ({ operation, request, actor }: RequestState): void => {
  const { hasAuthorization, key } = request.credentials
  const isRefused = actor.kind === 'visitor' && hasAuthorization
  if (isRefused && !('anyone' in operation.access))
    throw new Refusal(refusals.key_invalid, key === null ? { detail: notOurScheme } : {})
}

/** Checks that only HTTP needs: the limit of the address → own origin → whose credential. */
const identify = async (state: RequestState): Promise<void> => {
  if (state.isMetered) takeFromAddress(state)
  await authenticate(state)
  requireValidKey(state)
}

/** Hands the issued secrets to the caller: a browser gets them as cookies. */
const handOver = (
  { runtime }: RequestState,
  headers: HttpReply['headers'],
  issued: IssuedSecrets,
): void => {
  const cookies: string[] = []
  if (issued.session !== undefined) {
    cookies.push(secretCookie(runtime.cookies, 'session', issued.session))
    if (issued.session) headers['x-csrf-token'] = csrfToken(issued.session.value)
    else headers['clear-site-data'] = '"cache", "storage"'
  }
  if (issued.pending !== undefined)
    cookies.push(secretCookie(runtime.cookies, 'pending', issued.pending))
  if (issued.device) cookies.push(deviceCookie(runtime.cookies, issued.device))
  if (cookies.length > 0) headers['set-cookie'] = cookies
}

/** Headers a protocol must not write: they set cookies, or protect what a browser shows. */
const reserved: readonly string[] = [
  'set-cookie',
  'x-csrf-token',
  'clear-site-data',
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'strict-transport-security',
  'access-control-allow-origin',
  'access-control-allow-credentials',
]

const requireOwnHeaders = ({ endpoint }: RequestState, headers: HttpReply['headers']): void => {
  // Header names are case-insensitive (RFC 9110 §5.1).
  const stray = Object.keys(headers).find((name) => reserved.includes(name.toLowerCase()))
  if (stray !== undefined)
    throw new Error(`${endpoint.protocol.id} writes ${stray}, which only the platform does`)
}

const whole = (state: RequestState, { status, headers, body }: HttpReply): HttpReply => ({
  status,
  headers: { ...state.headers(), ...headers },
  body,
})

/**
 * Only headers that a proxy reads. Those that tell a browser what a page may do are left out: there is no page, and
 * writing them would be a tenth of the work. Refusals carry them, because some proxies pass refusals on.
 */
const bare = ({ request, endpoint }: RequestState, { status, headers, body }: HttpReply) => {
  if (body !== null) throw new Error(`${endpoint.protocol.id} answers bare, and yet with a body`)
  const { requestId } = request.client
  return {
    status,
    headers: { 'cache-control': 'no-store', 'x-request-id': requestId, ...headers },
    body,
  }
}

const respond = (
  state: RequestState,
  { output, issued, isReplayed }: Extract<Performed, { output: unknown }>,
): HttpReply => {
  const { operation, endpoint } = state
  const { access } = operation
  if (issued && 'anyone' in access && access.from)
    throw new Error(`${operation.name} is for programs and gives them something to hold`)
  const written = endpoint.protocol.write(state, output)
  requireOwnHeaders(state, written.headers)
  if (endpoint.protocol.answersBare) return bare(state, written)
  const reply = whole(state, written)
  if (isReplayed) reply.headers['idempotency-replayed'] = 'true'
  if (issued) handOver(state, reply.headers, issued)
  return reply
}

const refuse = (state: RequestState, problem: Problem): HttpReply => {
  const written = state.endpoint.protocol.refuse(state, problem)
  requireOwnHeaders(state, written.headers)
  return whole(state, written)
}

/** Where only refusals count, a refused credential is counted; a request with none, or with a valid one, is not. */
const countRefused = (state: RequestState, error: unknown): unknown => {
  if (state.isMetered || !(error instanceof Refusal) || error.spec.status !== 401) return error
  const { sessionCookie, hasAuthorization } = state.request.credentials
  try {
    if (sessionCookie !== null || hasAuthorization) takeFromAddress(state)
    return error
  } catch (tooMany) {
    return tooMany
  }
}

const refuseThrown = (state: RequestState, error: unknown): HttpReply => {
  const reply = refuse(state, problemOf(state, countRefused(state, error)))
  if (error instanceof UnreadBody) reply.headers.connection = 'close'
  return reply
}

/**
 * The life of a request: identify the caller → `admit` (permission, recent confirmation, limits) → read the input →
 * `perform` (validate, idempotency, rule) → answer. Transports other than HTTP enter at `admit` with their own caller.
 */
export const answerRequest = async (
  runtime: Runtime,
  endpoint: Endpoint,
  incoming: Incoming,
): Promise<HttpReply> => {
  const state = new RequestState(runtime, endpoint, incoming)
  const { entry, protocol } = endpoint
  try {
    await identify(state)
    const ctx = await admit(state)
    const idempotencyKey = readKey(entry, () => incoming.headers.get('idempotency-key'))
    const asked = await protocol.read(state)
    const { unknownFields } = protocol
    const performed = await perform(state, ctx, { ...asked, unknownFields, idempotencyKey })
    if (!('problem' in performed)) return respond(state, performed)
    const reply = refuse(state, performed.problem)
    if (performed.isReplayed) reply.headers['idempotency-replayed'] = 'true'
    return reply
  } catch (error) {
    return refuseThrown(state, error)
  }
}
