import type { Context, Piece, System, WorkKind } from '@latchkey/kit'
import { faultFacts } from '../log/log.ts'
import { type Claimed, type Progress, renewLease } from './store.ts'

/** Why a run is asked to end before it is done. */
export class Interruption extends Error {
  readonly why: 'cancelled' | 'stopping' | 'lease lost'

  constructor(why: Interruption['why']) {
    super(`interrupted: ${why}`)
    this.name = 'Interruption'
    this.why = why
  }
}

export const defaultLeaseSeconds = 60
export const leaseMsOf = ({ leaseSeconds = defaultLeaseSeconds }: Pick<WorkKind, 'leaseSeconds'>) =>
  leaseSeconds * 1000

/** Often enough that two renewals may fail, and that a request to cancel is heard within seconds. */
const beatMsOf = (leaseMs: number): number => Math.min(leaseMs / 3, 5000)

/** A beat is a commit; progress and questions in between are answered from the last one. */
const quietMs = 1000

type Holding = {
  readonly kind: WorkKind
  readonly claimed: Claimed
  readonly stopping: AbortSignal
}

type Lease = {
  readonly piece: Pick<Piece, 'signal' | 'isCancelled' | 'progress'>
  readonly interruption: () => Interruption['why'] | null
  readonly progress: () => Progress | null
  readonly release: () => Promise<void>
}

/** Keeps a claim alive for as long as its run takes, and tells the run when it should end. */
export const holdLease = (ctx: Context<System>, { kind, claimed, stopping }: Holding): Lease => {
  const leaseMs = leaseMsOf(kind)
  const own = new AbortController()
  const interrupt = (why: Interruption['why']): void => own.abort(new Interruption(why))
  const onStop = (): void => interrupt('stopping')
  let { leaseUntil } = claimed
  let beatAt = ctx.now()
  let progress: Progress | null = null
  let beating: Promise<void> = Promise.resolve()

  const renew = async (): Promise<void> => {
    beatAt = ctx.now()
    const until = beatAt + leaseMs
    try {
      const kept = await renewLease(ctx, claimed, { leaseUntil: until, progress })
      if (!kept) return interrupt('lease lost')
      leaseUntil = until
      if (kept.isCancelRequested) interrupt('cancelled')
    } catch (error) {
      ctx.log.warn({ work: claimed.id, ...faultFacts(error) }, 'a lease could not be renewed')
      // Nobody could tell this process that the piece was taken over.
      if (ctx.now() > leaseUntil) interrupt('lease lost')
    }
  }
  const beat = (): Promise<void> => {
    beating = beating.then(renew)
    return beating
  }
  const beatUnlessQuiet = async (): Promise<void> => {
    if (ctx.now() - beatAt >= quietMs) await beat()
  }
  const timer = setInterval(() => void beat(), beatMsOf(leaseMs))
  timer.unref()
  stopping.addEventListener('abort', onStop, { once: true })
  if (stopping.aborted) onStop()
  return {
    piece: {
      signal: own.signal,
      isCancelled: async () => {
        await beatUnlessQuiet()
        return own.signal.aborted
      },
      progress: async (done, total, note) => {
        progress = { done, total, note: note ?? null }
        await beatUnlessQuiet()
      },
    },
    interruption: () => (own.signal.aborted ? (own.signal.reason as Interruption).why : null),
    progress: () => progress,
    release: async () => {
      clearInterval(timer)
      stopping.removeEventListener('abort', onStop)
      await beating
    },
  }
}
