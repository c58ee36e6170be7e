import type { Context, System, WorkKind } from '@latchkey/kit'
import { faultFacts } from '../log/log.ts'
import { fromColumns, toColumns } from './columns.ts'
import { holdLease, type Interruption } from './lease.ts'
import { type Claimed, finishWork, type Outcome } from './store.ts'

export const attemptsMax = 20

/** Full jitter below a ceiling that doubles. */
export const backOffMs = (
  {
    backOff: { firstSeconds, longestSeconds } = { firstSeconds: 10, longestSeconds: 3600 },
  }: Pick<WorkKind, 'backOff'>,
  attempts: number,
  chance: number,
): number =>
  Math.floor(Math.min(firstSeconds * 2 ** (attempts - 1), longestSeconds) * 1000 * chance)

/** Texts of an input, longest first: what of them an error quotes is not written down beside it. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value.length >= 6 ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value)
    .flatMap(textsIn)
    .sort((a, b) => b.length - a.length)
}

const withoutInput = (kind: WorkKind, input: unknown, error: string): string =>
  kind.sealed
    ? textsIn(input).reduce((text, secret) => text.replaceAll(secret, '[redacted]'), error)
    : error

class NeverFinished extends Error {}
class Unreadable extends Error {}

const isFinal = (kind: WorkKind, error: unknown, attempts: number): boolean =>
  error instanceof NeverFinished ||
  error instanceof Unreadable ||
  attempts >= (kind.attemptsMax ?? attemptsMax) ||
  kind.isFinal?.(error) === true

type Failed = { readonly error: unknown; readonly input: unknown; readonly attempts: number }

const outcomeOf = (
  ctx: Context<System>,
  kind: WorkKind,
  { error, input, attempts }: Failed,
): Outcome => {
  const text = withoutInput(kind, input, faultFacts(error).error)
  if (isFinal(kind, error, attempts)) return { state: 'failed', error: text }
  const chance = (ctx.random.bytes(1)[0] ?? 128) / 255
  return { state: 'waiting', notBefore: ctx.now() + backOffMs(kind, attempts, chance), error: text }
}

const inputOf = async (
  ctx: Context<System>,
  kind: WorkKind,
  { id, input: plain, sealedInput: sealed }: Claimed,
): Promise<unknown> => {
  let kept: unknown
  try {
    kept = await fromColumns(ctx, { id, column: 'input', plain, sealed })
  } catch {
    throw new Unreadable('it cannot be opened with the keys of this installation')
  }
  const read = kind.input.safeParse(kept)
  if (!read.success) throw new Unreadable('this version does not know such an input')
  return read.data
}

type Lease = ReturnType<typeof holdLease>

const attempt = async (
  ctx: Context<System>,
  kind: WorkKind,
  { claimed, lease, input }: { claimed: Claimed; lease: Lease; input: unknown },
): Promise<Outcome> => {
  const { id } = claimed
  const run = kind.run as (ctx: Context<System>, input: unknown, piece: unknown) => Promise<unknown>
  const value = await run(ctx, input, { id, attempt: claimed.attempts, ...lease.piece })
  if (!kind.output) return { state: 'done' }
  kind.output.parse(value)
  return { state: 'done', result: await toColumns(ctx, kind, { id, column: 'result', value }) }
}

/** Why it was interrupted decides, where it was: an attempt that was told to end did not fail. */
const interrupted = (reason: Interruption['why']): Outcome =>
  reason === 'cancelled' ? { state: 'cancelled' } : { state: 'given back' }

/** Makes one attempt at a claimed piece and writes down what came of it. */
export const runPiece = async (
  ctx: Context<System>,
  kind: WorkKind,
  { claimed, stopping }: { readonly claimed: Claimed; readonly stopping: AbortSignal },
): Promise<void> => {
  const lease = holdLease(ctx, { kind, claimed, stopping })
  const facts = { work: claimed.id, kind: kind.name, attempts: claimed.attempts }
  let input: unknown
  let outcome: Outcome
  try {
    // So often claimed and never finished: whatever happened to those before must not happen again.
    if (claimed.attempts > (kind.attemptsMax ?? attemptsMax))
      throw new NeverFinished('no attempt was ever finished')
    input = await inputOf(ctx, kind, claimed)
    outcome = await attempt(ctx, kind, { claimed, lease, input })
  } catch (error) {
    const why = lease.interruption()
    outcome = why
      ? interrupted(why)
      : outcomeOf(ctx, kind, { error, input, attempts: claimed.attempts })
    if (!why)
      ctx.log.warn(
        {
          ...facts,
          outcome: outcome.state === 'waiting' ? 'retry' : outcome.state,
          ...faultFacts(error),
        },
        kind.failure ?? 'a piece of work failed',
      )
  } finally {
    await lease.release()
  }
  const isOwned = await finishWork(ctx, claimed, { outcome, progress: lease.progress() })
  if (!isOwned) ctx.log.warn(facts, 'a piece of work took longer than its lease')
}
