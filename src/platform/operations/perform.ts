import {
  type Actor,
  type Asked,
  type Context,
  type IssuedSecrets,
  type Person,
  type Problem,
  unwrapIssued,
} from '@latchkey/kit'
import { DatabaseTrouble } from '../db/trouble.ts'
import { invalidInput, refuseOddities } from '../input/validation.ts'
import { wanted } from '../input/wanted.ts'
import { faultFacts } from '../log/log.ts'
import type { Call } from './call.ts'
import { checkOutput } from './contract-check.ts'
import { type Kept, openKey, runClaimed, settleProblem } from './idempotency.ts'
import type { Claim } from './idempotency-store.ts'
import { withinKeysShare } from './limits.ts'
import { problemOf, troubleRefusal } from './problem.ts'
import type { Entry } from './registry.ts'

export type Request = Asked & {
  readonly unknownFields: 'refused' | 'ignored'
  /** Idempotency key: one effect, however often it is sent (decision 0016). Null: each call has its own effect. */
  readonly idempotencyKey: string | null
}

/** Outcome of a call. A problem is returned only if it was stored under a key; otherwise it is thrown. */
export type Performed =
  | {
      readonly output: unknown
      /** Secrets issued to the caller. */
      readonly issued: IssuedSecrets | null
      /** True when an earlier call with the same key gave this answer. */
      readonly isReplayed: boolean
    }
  | { readonly problem: Problem; readonly isReplayed: boolean }

const readInput = async (
  { operation, schema, blank }: Entry,
  { input, content, unknownFields }: Request,
): Promise<unknown> => {
  if (input === null && blank !== null) return blank
  const fitting = unknownFields === 'ignored' ? operation.input : schema
  const parsed = fitting.safeParse(input ?? {}, { error: wanted })
  if (!parsed.success) throw invalidInput(parsed.error)
  refuseOddities(parsed.data)
  return content === undefined ? parsed.data : { ...parsed.data, content: await content() }
}

const outcomeOf = (
  { runtime, entry }: Call,
  answered: unknown,
): Exclude<Performed, { problem: Problem }> => {
  const { output, issued } = unwrapIssued(answered)
  return { output: checkOutput(runtime, entry, output), issued, isReplayed: false }
}

const again = ({ status, body }: Kept): Performed => {
  const kept: unknown = JSON.parse(body)
  return status === 200
    ? { output: kept, issued: null, isReplayed: true }
    : { problem: kept as Problem, isReplayed: true }
}

type Keyed = { readonly ctx: Context<Person>; readonly key: string; readonly input: unknown }

type Failed = { readonly entry: Entry; readonly claim: Claim; readonly error: unknown }

/**
 * After trouble of the database, a call in one transaction left its effect together with its answer, or neither: the key is
 * released where there is no answer. Any other call may have left a part, so its key stays claimed until somebody looked.
 */
const settle = async (ctx: Context<Person>, failed: Failed, problem: Problem): Promise<void> => {
  const { entry, error } = failed
  const isTrouble = error instanceof DatabaseTrouble
  if (isTrouble && entry.operation.effect !== 'one-transaction') return
  try {
    await settleProblem(ctx, failed, problem)
  } catch (again) {
    // The lease of the claim ends by itself, and the next call with the key runs.
    if (!(isTrouble && again instanceof DatabaseTrouble)) throw again
  }
}

const hasNoRoom = (error: unknown): boolean =>
  error instanceof DatabaseTrouble && error.kind === 'disk-full'

const requireRoom = ({ runtime, entry }: Call): void => {
  const { method, operation } = entry
  if (method === 'GET' || operation.endsAccess === true || !runtime.hasNoRoom()) return
  throw troubleRefusal(new DatabaseTrouble('disk-full', null))
}

/** What ends access is tried once more: the first attempt found the disk full, and the reserve was given up for it. */
const withReserve = async <T>({ entry }: Call, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (entry.operation.endsAccess !== true || !hasNoRoom(error)) throw error
    return work()
  }
}

const performKeyed = async (call: Call, { ctx, key, input }: Keyed): Promise<Performed> => {
  const { runtime, entry } = call
  const opened = await withReserve(call, () => openKey(ctx, entry, { key, input }))
  if ('kept' in opened) return again(opened.kept)
  const { claim } = opened
  try {
    const answered = await withReserve(call, () =>
      runClaimed(ctx, { entry, claim, input }, (answered) =>
        checkOutput(runtime, entry, unwrapIssued(answered).output),
      ),
    )
    return outcomeOf(call, answered)
  } catch (error) {
    const problem = problemOf(call, error)
    await settle(ctx, { entry, claim, error }, problem).catch((fault: unknown) =>
      runtime.services.log.error(faultFacts(fault), 'an answer could not be kept under its key'),
    )
    return { problem, isReplayed: false }
  }
}

/**
 * Second half of a call: validate the input → limit of simultaneous calls → idempotency → rule → check the output.
 * It does not know the transport, and of the caller only what `admit` passed on.
 */
export const perform = async (
  call: Call,
  ctx: Context<Actor>,
  request: Request,
): Promise<Performed> => {
  const { entry } = call
  const input = await readInput(entry, request)
  const key = request.idempotencyKey
  requireRoom(call)
  return withinKeysShare(call, async () =>
    key === null
      ? outcomeOf(call, await withReserve(call, () => entry.rule(ctx, input)))
      : performKeyed(call, { ctx: ctx as Context<Person>, key, input }),
  )
}
