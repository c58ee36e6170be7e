import {
  type Actor,
  type AuthMethod,
  type Context,
  type FileAnswer,
  type HeadersAnswer,
  type IssuedSecrets,
  type Person,
  Refusal,
  unwrapIssued,
} from '@latchkey/kit'
import type { z } from 'zod'
import { createContext } from '../context.ts'
import { availableMethods } from '../identity/methods.ts'
import { requireAccess, requireAssurance } from '../identity/require-access.ts'
import { resolveActor } from '../identity/resolve.ts'
import { invalidInput, refuseOddities, requireOnce, unknownName } from '../input/validation.ts'
import { notKnown, wanted } from '../input/wanted.ts'
import { faultFacts } from '../log/log.ts'
import {
  type Kept,
  openKey,
  readKey,
  runClaimed,
  settleProblem,
} from '../operations/idempotency.ts'
import { limitAddress, limitKey, limitOperation, withinKeysShare } from '../operations/limits.ts'
import { type Entry, takesQuery } from '../operations/registry.ts'
import { refusals } from '../refusals.ts'
import { redirectForProxy, refusalForProxy } from './proxied.ts'
import { readJson, readUpload, UnreadBody } from './request/body.ts'
import { deviceCookie, secretCookie } from './request/cookies.ts'
import { csrfToken, requireCsrfToken, requireOwnOrigin } from './request/protection.ts'
import type { RequestState } from './request-state.ts'
import {
  faultDocument,
  type ProblemDocument,
  problemReply,
  refusalDocument,
} from './response/problem.ts'
import type { Reply } from './response/reply.ts'
import { fileReply, headersReply, streamHeaders, streamReply } from './response/responses.ts'
import type { Incoming, Runtime } from './runtime.ts'

const authenticate = async (state: RequestState): Promise<void> => {
  const { runtime, entry, incoming, headers } = state
  const { credentials } = incoming
  const { access } = entry.operation
  requireOwnOrigin(incoming.headers, {
    method: incoming.method,
    hasCookie: credentials.sessionCookie !== null,
    carrier: credentials.key?.carrier ?? null,
    from: 'anyone' in access ? access.from : undefined,
    origins: runtime.origins,
  })
  state.actor = await resolveActor(runtime, credentials, incoming.client)
  if (state.actor.kind !== 'session' || !credentials.sessionCookie) return
  // A proxy would have nobody to hand it to.
  if (entry.operation.caller === 'proxy') return
  // On every answer to a session, refusals too: a tab whose token went stale finds the right one here.
  headers['x-csrf-token'] = csrfToken(credentials.sessionCookie)
  requireCsrfToken(incoming.headers, incoming.method, credentials.sessionCookie)
}

const notOurScheme =
  'The Authorization header holds neither “Bearer” and a key, nor “Basic” with an e-mail address and an API key.'

/** Whoever showed an invalid key is told so: "sign in" would send a program looking in the wrong place. */
const requireSomebody = ({ entry, incoming, actor }: RequestState): void => {
  const { hasAuthorization, key } = incoming.credentials
  const isRefused = actor.kind === 'visitor' && hasAuthorization
  if (isRefused && !('anyone' in entry.operation.access))
    throw new Refusal(refusals.key_invalid, key === null ? { detail: notOurScheme } : {})
}

/** Path, query and body are one input. A name that comes from the path cannot be given a second time elsewhere. */
const readInput = async (entry: Entry, incoming: Incoming): Promise<unknown> => {
  const { operation, method, schema, blank } = entry
  const path = incoming.pathParameters
  if (method === 'GET' && blank !== null && incoming.isBare) return blank
  const isQuery = takesQuery(entry)
  const loose = isQuery ? requireOnce(incoming.query()) : await readJson(incoming)
  const twice = Object.keys(path).find((name) => name in loose)
  const parsed = schema.safeParse({ ...loose, ...path }, { error: wanted })
  if (twice !== undefined) throw unknownName(twice, 'comes from the address')
  // Beside a body nothing is read from the address. What stands there is refused, or somebody would believe that it counts.
  const stray = isQuery ? undefined : Object.keys(incoming.query())[0]
  if (stray !== undefined) throw unknownName(stray, notKnown)
  if (!parsed.success) throw invalidInput(parsed.error)
  refuseOddities(parsed.data)
  if (!operation.upload) return parsed.data
  return { ...parsed.data, content: await readUpload(incoming, operation.upload) }
}

const methodsOf = async (ctx: Context<Actor>): Promise<readonly AuthMethod[]> =>
  'userId' in ctx.actor ? availableMethods(ctx, ctx.actor.userId) : []

/** A contract that lies fails tests and development. In production the caller gets the answer, and the log says so. */
const breakContract = (runtime: Runtime, { operation }: Entry, how: string): void => {
  const fault = new Error(`${operation.name} ${how}`)
  if (runtime.strict) throw fault
  runtime.services.log.error(
    { operation: operation.name, ...faultFacts(fault) },
    'an answer does not fit its contract',
  )
}

const checkOutput = (runtime: Runtime, entry: Entry, output: unknown): unknown => {
  const parsed = (entry.operation.output as z.ZodType).safeParse(output)
  if (parsed.success) return parsed.data
  const { message } = parsed.error
  breakContract(runtime, entry, `answered with a shape its contract does not allow: ${message}`)
  return output
}

/** What the caller shall hold from now on: for a browser, cookies. */
const handOver = ({ runtime, headers }: RequestState, issued: IssuedSecrets): void => {
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

const respond = (state: RequestState, answered: unknown): Reply => {
  const { runtime, entry, incoming, headers } = state
  const { output, issued } = unwrapIssued(answered)
  const { access, output: declared } = entry.operation
  if (issued && 'anyone' in access && access.from)
    throw new Error(`${entry.operation.name} is for programs and gives them something to hold`)
  const kind = 'kind' in declared ? declared.kind : 'json'
  if ('kind' in declared && declared.kind === 'headers')
    return headersReply(output as HeadersAnswer, declared, incoming.client.requestId)
  if (kind === 'file')
    return fileReply(output as FileAnswer, incoming.headers.get('if-none-match'), headers)
  if (kind === 'stream') {
    const messages = output as AsyncIterable<unknown>
    // HEAD is answered without the stream: nobody would read it, and nobody could ever be seen to leave it.
    if (incoming.method === 'HEAD')
      return { status: 200, headers: streamHeaders(headers), body: null }
    return streamReply(runtime, { actor: state.actor, messages, headers })
  }
  const body = JSON.stringify(checkOutput(runtime, entry, output))
  headers['content-type'] = 'application/json'
  if (issued) handOver(state, issued)
  return { status: 200, headers, body }
}

const checkRefusal = (runtime: Runtime, entry: Entry, refusal: Refusal): void => {
  const declared = [...Object.values(refusals), ...entry.operation.refusals]
  if (declared.some((spec) => spec.code === refusal.spec.code)) return
  const { code } = refusal.spec
  breakContract(runtime, entry, `refused with ${code}, which its contract does not declare`)
}

const problemOf = (
  { runtime, entry, incoming, headers }: RequestState,
  error: unknown,
): ProblemDocument => {
  const { requestId } = incoming.client
  let cause = error
  if (error instanceof Refusal) {
    try {
      checkRefusal(runtime, entry, error)
      return refusalDocument(error, requestId, headers)
    } catch (undeclared) {
      cause = undeclared
    }
  }
  runtime.services.log.error(
    { requestId, operation: entry.operation.name, ...faultFacts(cause) },
    'a request failed',
  )
  return faultDocument(requestId)
}

const refuse = (state: RequestState, error: unknown): Reply => {
  if (error instanceof UnreadBody) state.headers.connection = 'close'
  const isForProxy = state.entry.operation.caller === 'proxy' && error instanceof Refusal
  if (!isForProxy) return problemReply(problemOf(state, error), state.headers)
  const told = refusalForProxy(state, error)
  const redirect = redirectForProxy(state, told)
  return redirect ?? problemReply(problemOf(state, told), state.headers)
}

const respondAgain = ({ headers }: RequestState, { status, body }: Kept): Reply => {
  headers['idempotency-replayed'] = 'true'
  if (status !== 200) return problemReply(JSON.parse(body) as ProblemDocument, headers)
  headers['content-type'] = 'application/json'
  return { status, headers, body }
}

type Keyed = { readonly ctx: Context<Person>; readonly key: string; readonly input: unknown }

/** One effect for one key, however often it is sent (decision 0016). */
const answerOnce = async (state: RequestState, { ctx, key, input }: Keyed): Promise<Reply> => {
  const { runtime, entry } = state
  const opened = await openKey(ctx, entry, { key, input })
  if ('kept' in opened) return respondAgain(state, opened.kept)
  const { claim } = opened
  try {
    const answered = await runClaimed(ctx, { entry, claim, input }, (answered) =>
      checkOutput(runtime, entry, unwrapIssued(answered).output),
    )
    return respond(state, answered)
  } catch (error) {
    const problem = problemOf(state, error)
    await settleProblem(ctx, { entry, claim }, problem).catch((fault: unknown) =>
      runtime.services.log.error(faultFacts(fault), 'an answer could not be kept under its key'),
    )
    return problemReply(problem, state.headers)
  }
}

/**
 * The life of a request: who is it → may they → surely them → not too often → is the input right → was it asked before → the rule → the answer.
 * Every door enters here; there is no second one.
 */
export const answerRequest = async (
  runtime: Runtime,
  entry: Entry,
  incoming: Incoming,
): Promise<Reply> => {
  const state: RequestState = {
    runtime,
    entry,
    incoming,
    headers: { ...runtime.apiHeaders, 'x-request-id': incoming.client.requestId },
    actor: { kind: 'visitor', client: incoming.client },
  }
  try {
    limitAddress(state)
    await authenticate(state)
    const { access } = entry.operation
    requireSomebody(state)
    limitKey(state)
    requireAccess(access, state.actor)
    const ctx = createContext(runtime.services, state.actor)
    if (!('anyone' in access) && access.assurance !== undefined)
      await requireAssurance(access, { actor: state.actor, now: runtime.services.now() }, () =>
        methodsOf(ctx),
      )
    limitOperation(state)
    const key = readKey(entry, incoming.headers)
    const input = await readInput(entry, incoming)
    return await withinKeysShare(state, async () =>
      key === null
        ? respond(state, await entry.rule(ctx, input))
        : answerOnce(state, { ctx: ctx as Context<Person>, key, input }),
    )
  } catch (error) {
    return refuse(state, error)
  }
}
