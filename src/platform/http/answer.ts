import {
  type Actor,
  type Context,
  type FileAnswer,
  type HeadersAnswer,
  type Holdings,
  type Person,
  Refusal,
  unwrapHolding,
  type Way,
} from '@latchkey/kit'
import type { z } from 'zod'
import { createContext } from '../context.ts'
import { requireAccess, requireAssurance } from '../identity/require-access.ts'
import { resolveActor } from '../identity/resolve.ts'
import { openWays } from '../identity/ways.ts'
import { notKnown, wanted } from '../input/wanted.ts'
import { faultFacts } from '../log/log.ts'
import { readJson, readUpload, UnreadBody } from './body.ts'
import { deviceCookie, heldCookie } from './cookies.ts'
import type { Door, Incoming } from './door.ts'
import { type Kept, openKey, readKey, runClaimed, settleProblem } from './idempotency.ts'
import { limitAddress, limitKey, limitOperation, withinKeysShare } from './limits.ts'
import type { Passage } from './passage.ts'
import { faultDocument, type ProblemDocument, problemReply, refusalDocument } from './problem.ts'
import { csrfToken, requireCsrfToken, requireOwnOrigin } from './protection.ts'
import { redirectForProxy, refusalForProxy } from './proxied.ts'
import { refusals } from './refusals.ts'
import { type Entry, takesQuery } from './registry.ts'
import type { Reply } from './reply.ts'
import { fileReply, headersReply, streamHeaders, streamReply } from './responses.ts'
import { invalidInput, refuseOddities, requireOnce, unknownName } from './validation.ts'

const authenticate = async (passage: Passage): Promise<void> => {
  const { door, entry, incoming, headers } = passage
  const { credentials } = incoming
  const { access } = entry.operation
  requireOwnOrigin(incoming.headers, {
    method: incoming.method,
    hasCookie: credentials.sessionCookie !== null,
    carrier: credentials.key?.carrier ?? null,
    from: 'anyone' in access ? access.from : undefined,
    origins: door.origins,
  })
  passage.actor = await resolveActor(door, credentials, incoming.client)
  if (passage.actor.kind !== 'session' || !credentials.sessionCookie) return
  // A proxy would have nobody to hand it to.
  if (entry.operation.caller === 'proxy') return
  // On every answer to a session, refusals too: a tab whose token went stale finds the right one here.
  headers['x-csrf-token'] = csrfToken(credentials.sessionCookie)
  requireCsrfToken(incoming.headers, incoming.method, credentials.sessionCookie)
}

const notOurScheme =
  'The Authorization header holds neither “Bearer” and a key, nor “Basic” with an e-mail address and an API key.'

/** Whoever showed an invalid key is told so: "sign in" would send a program looking in the wrong place. */
const requireSomebody = ({ entry, incoming, actor }: Passage): void => {
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

const waysOf = async (door: Door, ctx: Context<Actor>): Promise<readonly Way[]> =>
  'userId' in ctx.actor ? openWays(door.ways, ctx, ctx.actor.userId) : []

/** A contract that lies fails tests and development. In production the caller gets the answer, and the log says so. */
const breakContract = (door: Door, { operation }: Entry, how: string): void => {
  const fault = new Error(`${operation.name} ${how}`)
  if (door.strict) throw fault
  door.ground.log.error(
    { operation: operation.name, ...faultFacts(fault) },
    'an answer does not fit its contract',
  )
}

const checkOutput = (door: Door, entry: Entry, output: unknown): unknown => {
  const parsed = (entry.operation.output as z.ZodType).safeParse(output)
  if (parsed.success) return parsed.data
  const { message } = parsed.error
  breakContract(door, entry, `answered with a shape its contract does not allow: ${message}`)
  return output
}

/** What the caller shall hold from now on: for a browser, cookies. */
const handOver = ({ door, headers }: Passage, held: Holdings): void => {
  const cookies: string[] = []
  if (held.session !== undefined) {
    cookies.push(heldCookie(door.cookies, 'session', held.session))
    if (held.session) headers['x-csrf-token'] = csrfToken(held.session.value)
    else headers['clear-site-data'] = '"cache", "storage"'
  }
  if (held.pending !== undefined) cookies.push(heldCookie(door.cookies, 'pending', held.pending))
  if (held.device) cookies.push(deviceCookie(door.cookies, held.device))
  if (cookies.length > 0) headers['set-cookie'] = cookies
}

const respond = (passage: Passage, answered: unknown): Reply => {
  const { door, entry, incoming, headers } = passage
  const { output, held } = unwrapHolding(answered)
  const { access, output: declared } = entry.operation
  if (held && 'anyone' in access && access.from)
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
    return streamReply(door, { actor: passage.actor, messages, headers })
  }
  const body = JSON.stringify(checkOutput(door, entry, output))
  headers['content-type'] = 'application/json'
  if (held) handOver(passage, held)
  return { status: 200, headers, body }
}

const checkRefusal = (door: Door, entry: Entry, refusal: Refusal): void => {
  const declared = [...Object.values(refusals), ...entry.operation.refusals]
  if (declared.some((spec) => spec.code === refusal.spec.code)) return
  const { code } = refusal.spec
  breakContract(door, entry, `refused with ${code}, which its contract does not declare`)
}

const problemOf = (
  { door, entry, incoming, headers }: Passage,
  error: unknown,
): ProblemDocument => {
  const { requestId } = incoming.client
  let cause = error
  if (error instanceof Refusal) {
    try {
      checkRefusal(door, entry, error)
      return refusalDocument(error, requestId, headers)
    } catch (undeclared) {
      cause = undeclared
    }
  }
  door.ground.log.error(
    { requestId, operation: entry.operation.name, ...faultFacts(cause) },
    'a request failed',
  )
  return faultDocument(requestId)
}

const refuse = (passage: Passage, error: unknown): Reply => {
  if (error instanceof UnreadBody) passage.headers.connection = 'close'
  const isForProxy = passage.entry.operation.caller === 'proxy' && error instanceof Refusal
  if (!isForProxy) return problemReply(problemOf(passage, error), passage.headers)
  const told = refusalForProxy(passage, error)
  const redirect = redirectForProxy(passage, told)
  return redirect ?? problemReply(problemOf(passage, told), passage.headers)
}

const respondAgain = ({ headers }: Passage, { status, body }: Kept): Reply => {
  headers['idempotency-replayed'] = 'true'
  if (status !== 200) return problemReply(JSON.parse(body) as ProblemDocument, headers)
  headers['content-type'] = 'application/json'
  return { status, headers, body }
}

type Keyed = { readonly ctx: Context<Person>; readonly key: string; readonly input: unknown }

/** One effect for one key, however often it is sent (decision 0016). */
const answerOnce = async (passage: Passage, { ctx, key, input }: Keyed): Promise<Reply> => {
  const { door, entry } = passage
  const opened = await openKey(ctx, entry, { key, input })
  if ('kept' in opened) return respondAgain(passage, opened.kept)
  const { claim } = opened
  try {
    const answered = await runClaimed(ctx, { entry, claim, input }, (answered) =>
      checkOutput(door, entry, unwrapHolding(answered).output),
    )
    return respond(passage, answered)
  } catch (error) {
    const problem = problemOf(passage, error)
    await settleProblem(ctx, { entry, claim }, problem).catch((fault: unknown) =>
      door.ground.log.error(faultFacts(fault), 'an answer could not be kept under its key'),
    )
    return problemReply(problem, passage.headers)
  }
}

/**
 * The life of a request: who is it → may they → surely them → not too often → is the input right → was it asked before → the rule → the answer.
 * Every door enters here; there is no second one.
 */
export const answerRequest = async (
  door: Door,
  entry: Entry,
  incoming: Incoming,
): Promise<Reply> => {
  const passage: Passage = {
    door,
    entry,
    incoming,
    headers: { ...door.apiHeaders, 'x-request-id': incoming.client.requestId },
    actor: { kind: 'visitor', client: incoming.client },
  }
  try {
    limitAddress(passage)
    await authenticate(passage)
    const { access } = entry.operation
    requireSomebody(passage)
    limitKey(passage)
    requireAccess(access, passage.actor)
    const ctx = createContext(door.ground, passage.actor)
    if (!('anyone' in access) && access.assurance !== undefined)
      await requireAssurance(access, { actor: passage.actor, now: door.ground.now() }, () =>
        waysOf(door, ctx),
      )
    limitOperation(passage)
    const key = readKey(entry, incoming.headers)
    const input = await readInput(entry, incoming)
    return await withinKeysShare(passage, async () =>
      key === null
        ? respond(passage, await entry.rule(ctx, input))
        : answerOnce(passage, { ctx: ctx as Context<Person>, key, input }),
    )
  } catch (error) {
    return refuse(passage, error)
  }
}
