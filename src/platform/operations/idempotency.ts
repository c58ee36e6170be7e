import {
  type Actor,
  type Context,
  type OperationSpec,
  type Person,
  type Problem,
  Refusal,
} from '@latchkey/kit'
import { keyedHash } from '../crypto/digest.ts'
import { seal, unseal } from '../crypto/envelope.ts'
import { refusals } from '../refusals.ts'
import {
  type Claim,
  dropClaim,
  dropSurplus,
  findKept,
  insertClaim,
  leaseMs,
  saveAnswer,
} from './idempotency-store.ts'
import type { Entry } from './registry.ts'

/** A stored answer, as it is repeated. */
export type Kept = { readonly status: number; readonly body: string }

/** A key claimed for this call, or the answer stored under it. */
export type Opened = { readonly claim: Claim } | { readonly kept: Kept }

/**
 * Only for changes made by a person: an open operation cannot know whose answer it would reveal. Not for streams: there is
 * no complete input to compare, and no complete output to store.
 */
export const takesKey = ({ operation, method }: Pick<Entry, 'operation' | 'method'>): boolean =>
  method === 'POST' &&
  'permission' in operation.access &&
  !('kind' in operation.output) &&
  operation.upload?.as !== 'stream'

/** A structured-field string (RFC 8941 §3.3.3) of 1 to 255 characters, and nothing beside it. */
const text = /^"((?:[ !#-[\]-~]|\\["\\]){1,255})"$/

/** Null when no key was sent and none is needed. `sent` is the raw value of the header. */
export const readKey = (entry: Entry, readSent: () => string | null): string | null => {
  if (!takesKey(entry)) return null
  const sent = readSent()
  if (sent === null) {
    if (entry.operation.idempotency !== 'required') return null
    throw new Refusal(refusals.idempotency_key_required)
  }
  const key = text.exec(sent.trim())?.[1]
  if (key === undefined) throw new Refusal(refusals.idempotency_key_malformed)
  return key.replace(/\\(["\\])/g, '$1')
}

const isOneTransaction = ({ effect }: OperationSpec): boolean => effect === 'one-transaction'

const claimOf = (
  ctx: Context<Person>,
  entry: Entry,
  { key, input }: { readonly key: string; readonly input: unknown },
): Claim => {
  const { userId, organisation } = ctx.actor
  const secret = ctx.keys.version('lookup', 1)
  const { content, ...values } = input as { content?: unknown }
  const bytes = content instanceof Uint8Array ? content : JSON.stringify(content ?? null)
  return {
    id: keyedHash(
      secret,
      'idempotency key',
      userId,
      organisation.id,
      entry.operation.name,
      key,
    ).toString('hex'),
    userId,
    fingerprint: keyedHash(
      secret,
      'idempotency input',
      `${entry.method} ${entry.path}`,
      JSON.stringify(values),
      bytes,
    ),
    claim: ctx.random.id('idk'),
    isRepeatable: isOneTransaction(entry.operation),
  }
}

const place = (id: string) => ({ table: 'idempotency_keys', row: id, column: 'body' })

/** The answer stored under the key, or a refusal that says why there is none. Undefined: the key was released just now. */
const lookUp = async (ctx: Context<Person>, claim: Claim): Promise<Kept | undefined> => {
  const row = await findKept(ctx.db, claim.id)
  if (!row) return undefined
  if (!Buffer.from(row.fingerprint).equals(claim.fingerprint))
    throw new Refusal(refusals.idempotency_key_reused)
  if (row.status === null && row.claimed_at > ctx.now() - leaseMs)
    throw new Refusal(refusals.idempotency_running, { retryAfterSeconds: 1 })
  if (row.status === null || row.body === null) throw new Refusal(refusals.idempotency_no_answer)
  const body = await unseal(ctx, place(row.id), row.body)
  return { status: row.status, body: body.toString() }
}

/** Of any number of simultaneous calls with one key, one runs; the others get its answer or a 409. */
export const openKey = async (
  ctx: Context<Person>,
  entry: Entry,
  call: { readonly key: string; readonly input: unknown },
): Promise<Opened> => {
  const claim = claimOf(ctx, entry, call)
  if (await insertClaim(ctx.db, claim, ctx.now())) {
    await dropSurplus(ctx.db, claim.userId)
    return { claim }
  }
  const kept = await lookUp(ctx, claim)
  if (!kept) throw new Refusal(refusals.idempotency_running, { retryAfterSeconds: 1 })
  return { kept }
}

const alreadyShown = 'already shown'

const mask = (value: unknown): unknown => {
  if (typeof value === 'string') return alreadyShown
  if (Array.isArray(value)) return value.map(mask)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner)]))
}

/** The answer without the fields its contract shows only once. */
const withoutSecrets = ({ shownOnce = [] }: OperationSpec, output: unknown): unknown => {
  if (shownOnce.length === 0) return output
  return Object.fromEntries(
    Object.entries(output as object).map(([name, value]) => [
      name,
      shownOnce.includes(name) ? mask(value) : value,
    ]),
  )
}

const bodyBytesMax = 64 * 1024

/** Stores the answer in the transaction of the effect, if there is one, so that both are committed or neither. */
const keepAnswer = async (ctx: Context<Actor>, claim: Claim, kept: Kept): Promise<void> => {
  const isKept = Buffer.byteLength(kept.body) <= bodyBytesMax
  const body = isKept ? await seal(ctx, place(claim.id), kept.body) : null
  if (!(await saveAnswer(ctx.db, claim, { status: kept.status, body })))
    throw new Refusal(refusals.idempotency_running, { retryAfterSeconds: 1 })
}

/** Runs the rule and stores its answer; `outputOf` returns the part of it that the caller sees. */
export const runClaimed = (
  ctx: Context<Actor>,
  {
    entry,
    claim,
    input,
  }: { readonly entry: Entry; readonly claim: Claim; readonly input: unknown },
  outputOf: (answered: unknown) => unknown,
): Promise<unknown> => {
  const run = async (ctx: Context<Actor>): Promise<unknown> => {
    const answered = await entry.rule(ctx, input)
    const body = JSON.stringify(withoutSecrets(entry.operation, outputOf(answered)))
    await keepAnswer(ctx, claim, { status: 200, body })
    return answered
  }
  return isOneTransaction(entry.operation) ? ctx.transaction(run) : run(ctx)
}

/** The refusal decided nothing: a caller that repeats the call later must run it again. */
const isPassing = ({ status, code }: Problem): boolean =>
  status === 401 ||
  status === 429 ||
  status === 503 ||
  code === refusals.confirm_again.code ||
  code === refusals.idempotency_running.code

/** Stores a refusal like any other answer. A fault is stored only where it may have left an effect. */
export const settleProblem = async (
  ctx: Context<Actor>,
  { entry, claim }: { readonly entry: Entry; readonly claim: Claim },
  problem: Problem,
): Promise<void> => {
  const isUndone = problem.status === 500 && isOneTransaction(entry.operation)
  if (isPassing(problem) || isUndone) return dropClaim(ctx.db, claim)
  await keepAnswer(ctx, claim, { status: problem.status, body: JSON.stringify(problem) })
}
