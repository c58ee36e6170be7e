import type { Context, Job, System } from '@latchkey/kit'
import { faultFacts } from '../log/log.ts'

const soonSeconds = 600

/** Also what is done once a day comes soon: a server that is restarted every night would never come to it. */
export const firstAfterSeconds = ({ everySeconds }: Pick<Job, 'everySeconds'>): number =>
  Math.min(everySeconds, soonSeconds)

/** Runs each job soon and then after its interval, never twice at once in this process; a failed run is logged and tried at the next interval. */
export const startJobs = (
  ctx: Context<System>,
  jobs: readonly Job[],
): { readonly stop: () => Promise<void> } => {
  let stopped = false
  const timers = new Set<NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  const plan = (job: Job, afterSeconds: number): void => {
    if (stopped) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      // Started inside a promise: one that throws before its first wait must not end the process.
      const run = Promise.resolve()
        .then(() => job.run(ctx))
        .catch((error: unknown) =>
          ctx.log.error({ job: job.name, ...faultFacts(error) }, 'a job failed'),
        )
        .finally(() => {
          running.delete(run)
          plan(job, job.everySeconds)
        })
      running.add(run)
    }, afterSeconds * 1000)
    timer.unref()
    timers.add(timer)
  }
  for (const job of jobs) plan(job, firstAfterSeconds(job))
  return {
    stop: async () => {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}
