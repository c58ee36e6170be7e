import type { Context, Job, System } from '@latchkey/kit'
import { sha256 } from '../crypto/digest.ts'
import { DatabaseTrouble } from '../db/trouble.ts'
import { faultFacts } from '../log/log.ts'
import { holdLease } from '../work/lease.ts'
import { claimJob, finishJob, type JobClaim, periodMs, renewJob, waitFor } from './store.ts'

const soonSeconds = 600
/** A killed process keeps a job for this long; a live one renews its lease. */
const leaseMs = 60_000
/** After trouble with the database, which made the job fail or kept it from being planned. */
const afterTroubleMs = 15_000
/** Upper bound of a timer: Node's count up to 24 days only, and another process may have changed the plan. */
const lookAgainMs = 3_600_000

/** From this period on, jobs are kept apart and run one after the other. */
const spreadFromSeconds = 900

/** A number from 0 to 1 that stays the same for a name. */
const shareOf = ({ name }: Pick<Job, 'name'>): number =>
  Buffer.from(sha256(name)).readUInt32BE() / 2 ** 32

/** When a new job is due for the first time. Afterwards the table knows, also across restarts. */
export const firstAfterSeconds = (job: Pick<Job, 'everySeconds' | 'name'>): number =>
  job.everySeconds <= soonSeconds
    ? job.everySeconds
    : soonSeconds + Math.floor(shareOf(job) * Math.min(job.everySeconds - soonSeconds, soonSeconds))

/**
 * When a job that began at `startedAt` is due again: after its period, less a part of at most a tenth, by which jobs of
 * one period keep apart. A database from before that, or a process that was down for days, has them all due at once.
 */
export const nextDueAt = (job: Pick<Job, 'everySeconds' | 'name'>, startedAt: number): number => {
  const dueAt = startedAt + periodMs(job)
  if (job.everySeconds < spreadFromSeconds) return dueAt
  const windowMs = Math.floor(periodMs(job) / 10)
  const early = (dueAt - Math.floor(shareOf(job) * windowMs)) % windowMs
  return dueAt - early
}

type Turn = { readonly job: Job; readonly stopping: AbortSignal }

/** Returns the error of a run, or null. Started inside a promise, so that a synchronous throw does not end the process. */
const errorOf = (run: () => Promise<void>): Promise<{ readonly thrown: unknown } | null> =>
  Promise.resolve()
    .then(run)
    .then(
      () => null,
      (thrown: unknown) => ({ thrown }),
    )

const runClaimed = async (
  ctx: Context<System>,
  { job, stopping }: Turn,
  claim: JobClaim,
): Promise<'over' | 'trouble'> => {
  const lease = holdLease(ctx, {
    ...{ leaseMs, leaseUntil: claim.leaseUntil, stopping },
    renew: async (until) => ((await renewJob(ctx.db, claim, until)) ? 'kept' : 'lost'),
  })
  const failed = await errorOf(() => job.run(ctx, lease.signal))
  await lease.release()
  const isTrouble = failed?.thrown instanceof DatabaseTrouble
  // Interrupted because the process stops, another one took over or the database is in trouble: no fault of the job, which
  // is still due.
  if (failed && (isTrouble || lease.interruption())) {
    await finishJob(ctx, claim, { dueAt: null, error: null })
    return isTrouble ? 'trouble' : 'over'
  }
  const facts = failed ? faultFacts(failed.thrown) : null
  if (facts) ctx.log.error({ job: job.name, ...facts }, 'a job failed')
  const dueAt = Math.max(nextDueAt(job, claim.startedAt), ctx.now())
  const isOwned = await finishJob(ctx, claim, { dueAt, error: facts?.error ?? null })
  if (!isOwned) ctx.log.warn({ job: job.name }, 'a job took longer than its lease')
  return 'over'
}

type Run = () => Promise<number>

/** Of the jobs that are kept apart one runs at a time: after days without a server, all of them are due at once. */
const createLine = (): ((run: Run) => Promise<number>) => {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const turn = last.then(run)
    last = turn.catch(() => undefined)
    return turn
  }
}

/** Runs the job if it is due and no other process runs it. Returns milliseconds until the next check. */
const takeTurn = async (ctx: Context<System>, turn: Turn): Promise<number> => {
  const { job, stopping } = turn
  if (stopping.aborted) return 0
  const firstAfterMs = firstAfterSeconds(job) * 1000
  const wait = await waitFor(ctx, job, firstAfterMs)
  if (wait > 0) return wait
  const claim = await claimJob(ctx, job, leaseMs)
  if (claim && (await runClaimed(ctx, turn, claim)) === 'trouble') return afterTroubleMs
  return waitFor(ctx, job, firstAfterMs)
}

/**
 * Runs each job once in its period across all processes of the database: its row says when it is due, a lease says which
 * process runs it. A failed run is logged and repeated in the next period.
 */
export const startJobs = (
  ctx: Context<System>,
  jobs: readonly Job[],
): { readonly stop: () => Promise<void> } => {
  const names = jobs.map((job) => job.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`the job "${twice}" is declared twice`)
  const stopping = new AbortController()
  const timers = new Set<NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  const oneByOne = createLine()
  const plan = (job: Job, afterMs: number): void => {
    if (stopping.signal.aborted) return
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        const run: Run = () => takeTurn(ctx, { job, stopping: stopping.signal })
        const turn = (job.everySeconds < spreadFromSeconds ? run() : oneByOne(run))
          .catch((error: unknown) => {
            if (error instanceof DatabaseTrouble) return afterTroubleMs
            ctx.log.error({ job: job.name, ...faultFacts(error) }, 'a job could not be planned')
            return firstAfterSeconds(job) * 1000
          })
          .then((nextMs) => {
            running.delete(turn)
            plan(job, nextMs)
          })
        running.add(turn)
      },
      Math.min(afterMs, lookAgainMs),
    )
    timer.unref()
    timers.add(timer)
  }
  for (const job of jobs) plan(job, 0)
  return {
    stop: async () => {
      stopping.abort()
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}
