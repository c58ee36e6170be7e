// A file that leaves a server, timer or pool open would keep its process from ending and disturb the file after it; this
// names what is still open.
import { setTimeout as sleep } from 'node:timers/promises'

const pauseMillis = 10

const countOpen = () => {
  const counts = new Map()
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** What is open now is the process's own. */
export const createLeakGuard = () => {
  const own = countOpen()
  const leftOpen = () =>
    [...countOpen()].flatMap(([name, count]) =>
      Array.from({ length: Math.max(0, count - (own.get(name) ?? 0)) }, () => name),
    )
  /** Empty as soon as all is closed, else what is still open at the end of the grace period. */
  return async (graceMillis) => {
    const deadline = Date.now() + graceMillis
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      const open = leftOpen()
      if (open.length === 0 || Date.now() > deadline) return open
      await sleep(pauseMillis)
    }
  }
}
