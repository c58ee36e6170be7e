import type { Log } from '@latchkey/kit'
import { DatabaseTrouble } from '../db/trouble.ts'
import { faultFacts } from '../log/log.ts'

/** Why a run is asked to end before it is done. */
export class Interruption extends Error {
  readonly why: 'cancelled' | 'stopping' | 'lease lost'

  constructor(why: Interruption['why']) {
    super(`interrupted: ${why}`)
    this.name = 'Interruption'
    this.why = why
  }
}

/** Often enough that two renewals may fail, and that a cancellation arrives within seconds. */
const beatMsOf = (leaseMs: number): number => Math.min(leaseMs / 3, 5000)

/** A heartbeat is a commit; questions in between are answered from the last one. */
const quietMs = 1000

type Clock = { readonly now: () => number; readonly log: Log }

type LeaseTerms = {
  readonly leaseMs: number
  readonly leaseUntil: number
  readonly stopping: AbortSignal
  /** Extends the lease if the claim is still valid. `lost`: another process has the piece. */
  readonly renew: (until: number) => Promise<'kept' | 'cancelled' | 'lost'>
}

export type Lease = {
  readonly signal: AbortSignal
  /** Renews the lease and reads a cancellation, at most once a second. */
  readonly beat: () => Promise<void>
  readonly interruption: () => Interruption['why'] | null
  readonly release: () => Promise<void>
}

/** Renews a lease for as long as its run takes, and tells the run when it should end. */
export const holdLease = ({ now, log }: Clock, terms: LeaseTerms): Lease => {
  const { leaseMs, stopping } = terms
  const own = new AbortController()
  const interrupt = (why: Interruption['why']): void => own.abort(new Interruption(why))
  const onStop = (): void => interrupt('stopping')
  let { leaseUntil } = terms
  let beatAt = now()
  let beating: Promise<void> = Promise.resolve()

  const renew = async (): Promise<void> => {
    beatAt = now()
    const until = beatAt + leaseMs
    try {
      const answer = await terms.renew(until)
      if (answer === 'lost') return interrupt('lease lost')
      leaseUntil = until
      if (answer === 'cancelled') interrupt('cancelled')
    } catch (error) {
      if (!(error instanceof DatabaseTrouble))
        log.warn(faultFacts(error), 'a lease could not be renewed')
      // Without the database this process cannot learn that another one has taken over.
      if (now() > leaseUntil) interrupt('lease lost')
    }
  }
  const beatNow = (): Promise<void> => {
    beating = beating.then(renew)
    return beating
  }
  const timer = setInterval(() => void beatNow(), beatMsOf(leaseMs))
  timer.unref()
  stopping.addEventListener('abort', onStop, { once: true })
  if (stopping.aborted) onStop()
  return {
    signal: own.signal,
    beat: async () => {
      if (now() - beatAt >= quietMs) await beatNow()
    },
    interruption: () => (own.signal.aborted ? (own.signal.reason as Interruption).why : null),
    release: async () => {
      clearInterval(timer)
      stopping.removeEventListener('abort', onStop)
      await beating
    },
  }
}
