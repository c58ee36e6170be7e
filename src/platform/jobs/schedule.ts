import type { Context, Job, System } from '@latchkey/kit'
import { faultFacts } from '../log/log.ts'

/** Runs each job after its interval, never twice at once in this process; a failed run is logged and tried at the next interval. */
export const startJobs = (
  ctx: Context<System>,
  jobs: readonly Job[],
): { readonly stop: () => Promise<void> } => {
  let stopped = false
  const timers = new Set<NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  const plan = (job: Job): void => {
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
          plan(job)
        })
      running.add(run)
    }, job.everySeconds * 1000)
    timer.unref()
    timers.add(timer)
  }
  for (const job of jobs) plan(job)
  return {
    stop: async () => {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}
