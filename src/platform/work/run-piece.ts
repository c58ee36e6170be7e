import { setTimeout as sleep } from 'node:timers/promises'
import type { Context, Piece, System, WorkKind, WorkProgress } from '@latchkey/kit'
import { DatabaseTrouble } from '../db/trouble.ts'
import { faultFacts } from '../log/log.ts'
import { fromColumns, toColumns } from './columns.ts'
import { holdLease, type Interruption, type Lease } from './lease.ts'
import { type Claimed, finishWork, type Outcome, renewLease } from './store.ts'

export const attemptsMax = 20

export const leaseMsOf = ({ leaseSeconds = 60 }: Pick<WorkKind, 'leaseSeconds'>): number =>
  leaseSeconds * 1000

/** Back-off with full jitter below a ceiling that doubles. */
export const backOffMs = (
  {
    backOff: { firstSeconds, longestSeconds } = { firstSeconds: 10, longestSeconds: 3600 },
  }: Pick<WorkKind, 'backOff'>,
  attempts: number,
  chance: number,
): number =>
  Math.floor(Math.min(firstSeconds * 2 ** (attempts - 1), longestSeconds) * 1000 * chance)

/** Texts of an input, longest first: they are removed from an error that quotes them before it is stored or logged. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value.length >= 6 ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value)
    .flatMap(textsIn)
    .sort((a, b) => b.length - a.length)
}

/** Cleaned whole, before anything cuts it: half of a secret would not be found. */
const withoutInput = (kind: WorkKind, input: unknown, error: unknown): unknown => {
  // Trouble of the database is said in words of ours, which quote nothing.
  if (!kind.sealed || error instanceof DatabaseTrouble) return error
  const secrets = textsIn(input)
  const clean = (text: string): string =>
    secrets.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text)
  if (!(error instanceof Error)) return clean(String(error))
  const { name, message, stack = '' } = error
  return Object.assign(new Error(clean(message)), { name, stack: clean(stack) })
}

/** An error that every further attempt would meet again. */
class Hopeless extends Error {}

const isFinal = (kind: WorkKind, error: unknown, attempts: number): boolean =>
  error instanceof Hopeless ||
  attempts >= (kind.attemptsMax ?? attemptsMax) ||
  kind.isFinal?.(error) === true

type Failed = { readonly error: unknown; readonly input: unknown; readonly attempts: number }

const outcomeOf = (
  ctx: Context<System>,
  kind: WorkKind,
  { error, input, attempts }: Failed,
): Outcome => {
  const text = faultFacts(withoutInput(kind, input, error)).error
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
    throw new Hopeless('it cannot be opened with the keys of this installation')
  }
  const read = kind.input.safeParse(kept)
  if (!read.success) throw new Hopeless('this version does not know such an input')
  return read.data
}

type Hold = {
  readonly lease: Lease
  readonly piece: Piece
  readonly progress: () => WorkProgress | null
}

type Claim = { readonly claimed: Claimed; readonly stopping: AbortSignal }

/** A heartbeat writes the progress, and returns whether the piece was cancelled. */
const holdPiece = (ctx: Context<System>, kind: WorkKind, { claimed, stopping }: Claim): Hold => {
  let progress: WorkProgress | null = null
  const lease = holdLease(ctx, {
    ...{ leaseMs: leaseMsOf(kind), leaseUntil: claimed.leaseUntil, stopping },
    renew: async (leaseUntil) => {
      const kept = await renewLease(ctx, claimed, { leaseUntil, progress })
      if (!kept) return 'lost'
      return kept.isCancelRequested ? 'cancelled' : 'kept'
    },
  })
  const piece: Piece = {
    ...{ id: claimed.id, attempt: claimed.attempts, signal: lease.signal },
    isCancelled: async () => {
      await lease.beat()
      return lease.signal.aborted
    },
    progress: async (done, total, note) => {
      progress = { done, total, note: note ?? null }
      await lease.beat()
    },
  }
  return { lease, piece, progress: () => progress }
}

const attempt = async (
  ctx: Context<System>,
  kind: WorkKind,
  { piece, input }: { readonly piece: Piece; readonly input: unknown },
): Promise<Outcome> => {
  const { id } = piece
  const value = await kind.run(ctx, input as never, piece)
  if (!kind.output) return { state: 'done' }
  if (!kind.output.safeParse(value).success)
    throw new Hopeless('its result is not what its kind declares')
  return { state: 'done', result: await toColumns(ctx, kind, { id, column: 'result', value }) }
}

/** The reason of an interruption decides, if there was one: an attempt that was told to end did not fail. */
const interrupted = (reason: Interruption['why']): Outcome =>
  reason === 'cancelled' ? { state: 'cancelled' } : { state: 'given back' }

const noteAgainMs = 1000

/**
 * Records the outcome; while the database is away it is tried again until the lease ends. A piece that was done and is not
 * recorded is done a second time.
 */
const noteEnd = async (
  ctx: Context<System>,
  { claimed, stopping }: Claim,
  ended: Parameters<typeof finishWork>[2],
): Promise<boolean> => {
  for (;;) {
    try {
      return await finishWork(ctx, claimed, ended)
    } catch (error) {
      const isWorthIt = error instanceof DatabaseTrouble && ctx.now() < claimed.leaseUntil
      if (!isWorthIt || stopping.aborted) throw error
    }
    await sleep(noteAgainMs)
  }
}

/** Makes one attempt at a claimed piece and records its outcome. */
export const runPiece = async (
  ctx: Context<System>,
  kind: WorkKind,
  claim: Claim,
): Promise<void> => {
  const { lease, piece, progress } = holdPiece(ctx, kind, claim)
  const { claimed } = claim
  const facts = { work: claimed.id, kind: kind.name, attempts: claimed.attempts }
  let input: unknown
  let outcome: Outcome
  try {
    // Claimed as often as allowed and never finished: it may have killed those processes and must not run again.
    if (claimed.attempts > (kind.attemptsMax ?? attemptsMax))
      throw new Hopeless('no attempt was ever finished')
    input = await inputOf(ctx, kind, claimed)
    outcome = await attempt(ctx, kind, { piece, input })
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
          ...faultFacts(withoutInput(kind, input, error)),
        },
        kind.failure ?? 'a piece of work failed',
      )
  } finally {
    await lease.release()
  }
  const isOwned = await noteEnd(ctx, claim, { outcome, progress: progress() })
  if (!isOwned) ctx.log.warn(facts, 'a piece of work took longer than its lease')
}
