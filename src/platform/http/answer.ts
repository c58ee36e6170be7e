import {
  type Actor,
  type Context,
  type FileAnswer,
  type Person,
  Refusal,
  unwrapHolding,
  type Way,
} from '@latchkey/kit'
import type { z } from 'zod'
import { addressBucket } from '../client/address.ts'
import { createContext } from '../context.ts'
import { requireAccess, requireAssurance } from '../identity/require-access.ts'
import { resolveActor } from '../identity/resolve.ts'
import { openWays } from '../identity/ways.ts'
import { faultFacts } from '../log/log.ts'
import { readJson, readUpload } from './body.ts'
import { deviceCookie, heldCookie } from './cookies.ts'
import type { Door, Incoming } from './door.ts'
import { faultDocument, problemResponse, refusalDocument } from './problem.ts'
import { csrfToken, requireCsrfToken, requireOwnOrigin } from './protection.ts'
import { refusals } from './refusals.ts'
import type { Entry } from './registry.ts'
import { fileResponse, streamResponse } from './responses.ts'
import { invalidInput, refuseNul, unknownName } from './validation.ts'

const addressWindowSeconds = 10

/** One request under way: what each step found out, and the headers the answer will carry. */
type Passage = {
  readonly door: Door
  readonly entry: Entry
  readonly incoming: Incoming
  readonly headers: Record<string, string>
  actor: Actor
}

const isKey = (actor: Actor): actor is Person =>
  actor.kind === 'token' || actor.kind === 'api-key' || actor.kind === 'agent'

type Counted = { readonly name: string; readonly max: number; readonly windowSeconds: number }

const takeOne = ({ door, headers }: Passage, rule: Counted, who: string): void => {
  const verdict = door.limiter.take(`${rule.name} ${who}`, rule, door.ground.now())
  headers['ratelimit-policy'] = `"${rule.name}";q=${rule.max};w=${rule.windowSeconds}`
  headers.ratelimit = `"${rule.name}";r=${verdict.remaining};t=${verdict.resetSeconds}`
  if (!verdict.allowed)
    throw new Refusal(refusals.too_many_requests, { retryAfterSeconds: verdict.resetSeconds })
}

/** Before anything is looked up: a flood of made-up credentials buys no work (attack A10). */
const limitAddress = (passage: Passage): void => {
  const max = passage.door.limits.requestsPerAddress
  const rule = { name: 'address', max, windowSeconds: addressWindowSeconds }
  takeOne(passage, rule, addressBucket(passage.incoming.client.address))
}

const limitOperation = (passage: Passage): void => {
  const { limit, name } = passage.entry.operation
  if (!limit) return
  const { actor, incoming } = passage
  const who =
    limit.per === 'person' && 'userId' in actor
      ? actor.userId
      : addressBucket(incoming.client.address)
  takeOne(passage, { name, ...limit }, who)
}

const keyWindowSeconds = 60

/** A key is a program: it can be slowed down without a person waiting (security.md 6.3). */
const limitKey = (passage: Passage): void => {
  const { actor, door, headers } = passage
  if (!isKey(actor)) return
  if (actor.expiresAt !== null)
    headers['x-latchkey-token-expires'] = new Date(actor.expiresAt).toISOString()
  const rule = { name: 'key', max: door.limits.requestsPerKey, windowSeconds: keyWindowSeconds }
  takeOne(passage, rule, actor.credentialId)
}

/** Runs `work` unless the same key has too much under way already. */
const withinKeysShare = async <T>({ actor, door }: Passage, work: () => Promise<T>): Promise<T> => {
  if (!isKey(actor)) return work()
  const { credentialId } = actor
  const underWay = door.running.get(credentialId) ?? 0
  if (underWay >= door.limits.requestsAtOncePerKey)
    throw new Refusal(refusals.too_many_requests, { retryAfterSeconds: 1 })
  door.running.set(credentialId, underWay + 1)
  try {
    return await work()
  } finally {
    const left = (door.running.get(credentialId) ?? 1) - 1
    if (left === 0) door.running.delete(credentialId)
    else door.running.set(credentialId, left)
  }
}

const authenticate = async (passage: Passage): Promise<void> => {
  const { door, incoming, headers } = passage
  const { credentials } = incoming
  requireOwnOrigin(incoming.headers, {
    method: incoming.method,
    hasCookie: credentials.sessionCookie !== null,
    carrier: credentials.key?.carrier ?? null,
    origins: door.origins,
  })
  passage.actor = await resolveActor(door, credentials, incoming.client)
  if (passage.actor.kind !== 'session' || !credentials.sessionCookie) return
  // On every answer to a session, refusals too: a tab whose token went stale finds the right one here.
  headers['x-csrf-token'] = csrfToken(credentials.sessionCookie)
  requireCsrfToken(incoming.headers, incoming.method, credentials.sessionCookie)
}

/** Who showed a key that is none is told so: "sign in" would send a program looking in the wrong place. */
const requireSomebody = ({ entry, incoming, actor }: Passage): void => {
  const isRefused = actor.kind === 'visitor' && incoming.credentials.hasAuthorization
  if (isRefused && !('anyone' in entry.operation.access)) throw new Refusal(refusals.key_invalid)
}

/** Path, query and body are one input. A name that comes from the path cannot be given a second time elsewhere. */
const readInput = async (
  { operation, method, schema }: Entry,
  incoming: Incoming,
): Promise<unknown> => {
  const path = incoming.pathParameters
  const takesQuery = method === 'GET' || method === 'DELETE' || operation.upload !== undefined
  const loose = takesQuery ? incoming.query() : await readJson(incoming.request)
  const twice = Object.keys(path).find((name) => name in loose)
  const parsed = schema.safeParse({ ...loose, ...path })
  if (twice !== undefined) throw unknownName(twice, 'comes from the address')
  // A body says everything; what stands beside it in the address would be believed by somebody and read by nobody.
  const stray = takesQuery ? undefined : Object.keys(incoming.query())[0]
  if (stray !== undefined) throw unknownName(stray, 'is not known here')
  if (!parsed.success) throw invalidInput(parsed.error)
  refuseNul(parsed.data)
  if (!operation.upload) return parsed.data
  return { ...parsed.data, content: await readUpload(incoming.request, operation.upload) }
}

const waysOf = async (door: Door, ctx: Context<Actor>): Promise<readonly Way[]> =>
  'userId' in ctx.actor ? openWays(door.ways, ctx, ctx.actor.userId) : []

const checkOutput = (door: Door, entry: Entry, output: unknown): unknown => {
  const parsed = (entry.operation.output as z.ZodType).safeParse(output)
  if (parsed.success) return parsed.data
  const fault = new Error(
    `${entry.operation.name} answered with a shape its contract does not allow: ${parsed.error.message}`,
  )
  if (door.strict) throw fault
  door.ground.log.error(
    { operation: entry.operation.name, ...faultFacts(fault) },
    'output does not fit its contract',
  )
  return output
}

const respond = (passage: Passage, answered: unknown): Response => {
  const { door, entry } = passage
  const { output, held } = unwrapHolding(answered)
  const { operation } = entry
  if ('kind' in operation.output && operation.output.kind === 'file')
    return fileResponse(
      output as FileAnswer,
      passage.incoming.headers.get('if-none-match'),
      passage.headers,
    )
  if ('kind' in operation.output && operation.output.kind === 'stream')
    return streamResponse(door, {
      actor: passage.actor,
      messages: output as AsyncIterable<unknown>,
      headers: passage.headers,
    })
  const body = JSON.stringify(checkOutput(door, entry, output))
  passage.headers['content-type'] = 'application/json'
  const response = new Response(body, { headers: passage.headers })
  if (held?.session !== undefined) {
    response.headers.append('set-cookie', heldCookie(door.cookies, 'session', held.session))
    if (held.session) response.headers.set('x-csrf-token', csrfToken(held.session.value))
    else response.headers.set('clear-site-data', '"cache", "storage"')
  }
  if (held?.pending !== undefined)
    response.headers.append('set-cookie', heldCookie(door.cookies, 'pending', held.pending))
  if (held?.device) response.headers.append('set-cookie', deviceCookie(door.cookies, held.device))
  return response
}

/** An undeclared refusal is a contract that lies: in tests it fails the run. */
const checkRefusal = (door: Door, entry: Entry, refusal: Refusal): void => {
  const declared = [...Object.values(refusals), ...entry.operation.refusals]
  if (declared.some((spec) => spec.code === refusal.spec.code)) return
  const fault = new Error(
    `${entry.operation.name} refused with ${refusal.spec.code}, which its contract does not declare`,
  )
  if (door.strict) throw fault
  door.ground.log.error(
    { operation: entry.operation.name, ...faultFacts(fault) },
    'undeclared refusal',
  )
}

const refuse = (passage: Passage, error: unknown): Response => {
  const { door, entry } = passage
  const { requestId } = passage.incoming.client
  let cause = error
  if (error instanceof Refusal) {
    try {
      checkRefusal(door, entry, error)
      return problemResponse(refusalDocument(error, requestId), passage.headers)
    } catch (undeclared) {
      cause = undeclared
    }
  }
  door.ground.log.error(
    { requestId, operation: entry.operation.name, ...faultFacts(cause) },
    'a request failed',
  )
  return problemResponse(faultDocument(requestId), passage.headers)
}

/**
 * The life of a request: who is it → may they → surely them → not too often → is the input right → the rule → the answer.
 * Every door enters here; there is no second one.
 */
export const answerRequest = async (
  door: Door,
  entry: Entry,
  incoming: Incoming,
): Promise<Response> => {
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
    await requireAssurance(access, { actor: passage.actor, now: door.ground.now() }, () =>
      waysOf(door, ctx),
    )
    limitOperation(passage)
    const input = await readInput(entry, incoming)
    return respond(passage, await withinKeysShare(passage, () => entry.rule(ctx, input)))
  } catch (error) {
    return refuse(passage, error)
  }
}
