import type { z } from 'zod'
import type { System } from './actor.ts'
import type { Context } from './context.ts'

/** What is known of a kind of work without running it: enough to queue a piece, and to read what became of one. */
export type WorkOutline<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = {
  /** `<module>.<noun>`, e.g. `account.export`. Stable: rows in the database name it. */
  readonly name: string
  /** JSON of at most 64 KiB. A piece whose input a later version no longer accepts ends as failed. */
  readonly input: I
  /** What `run` returns, kept with the piece as JSON of at most 64 KiB. Absent: nothing is kept. */
  readonly output?: O
  /** Input and result may hold a secret: both are encrypted, bound to their row. */
  readonly sealed?: true
  /** How often a piece is tried before it ends as failed; 20. */
  readonly attemptsMax?: number
  /** The wait after a failed attempt: anywhere up to `firstSeconds` (10), doubling up to `longestSeconds` (3600). */
  readonly backOff?: { readonly firstSeconds: number; readonly longestSeconds: number }
  /** A process that was killed holds a piece for so long (60); one that is alive renews it. */
  readonly leaseSeconds?: number
  /** Smaller first (0): orders kinds where several are due, and pieces of one kind where one was queued with its own. */
  readonly priority?: number
  /** Pieces of this kind that one process runs side by side; 4. Kinds do not take each other's places. */
  readonly atOnce?: number
  /** Readable prefix of the ids; `wrk`. */
  readonly idPrefix?: string
  /** What the log says of a failed attempt. */
  readonly failure?: string
  /** An error that no further attempt would mend. */
  readonly isFinal?: (error: unknown) => boolean
}

/** One piece of work, as the function that does it sees it. */
export type Piece = {
  readonly id: string
  /** 1 the first time. Write `run` so that a second attempt after half of the first does no harm. */
  readonly attempt: number
  /** Aborted when the piece was cancelled, when the process stops, and when another process took the piece over. */
  readonly signal: AbortSignal
  /** Asks the database, at most once a second. True means that the run must end soon. */
  readonly isCancelled: () => Promise<boolean>
  /** Stored at most once a second, and at the end. `total` is null while unknown. The note must not contain secrets. */
  readonly progress: (done: number, total: number | null, note?: string) => Promise<void>
}

/** A kind with what does it, types erased: what the manifest holds. */
export type WorkKind<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> = WorkOutline<I, O> & {
  readonly run: (ctx: Context<System>, input: never, piece: Piece) => Promise<unknown>
}

/**
 * Declares a kind of work. `run` is outside of any transaction; throwing means the attempt failed. It runs at least once:
 * a process may die between the deed and the note that it was done.
 */
export const workKind = <I extends z.ZodType, O extends z.ZodType = z.ZodVoid>(
  spec: WorkOutline<I, O> & {
    readonly run: (ctx: Context<System>, input: z.output<I>, piece: Piece) => Promise<z.input<O>>
  },
): WorkKind<I, O> => spec

export type WorkOptions = {
  readonly userId?: string | null
  /** What it is done for; shown to operators, so no secret. */
  readonly about?: string
  /** Who waits behind whom; `userId` when absent. Not encrypted, so no address. */
  readonly fairnessKey?: string | null
  /** The kind's own when absent. */
  readonly priority?: number
  /** Epoch milliseconds; at once when absent. */
  readonly notBefore?: number
}

/** `failed` and `held` are final: no worker takes them up again. */
export type WorkState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'held'

export type WorkProgress = {
  readonly done: number
  readonly total: number | null
  readonly note: string | null
}

export type WorkView<O> = {
  readonly id: string
  readonly state: WorkState
  readonly userId: string | null
  readonly progress: WorkProgress | null
  readonly result: O | null
  readonly cancelRequestedAt: number | null
  readonly createdAt: number
  readonly finishedAt: number | null
  readonly lastError: string | null
}
