import { setTimeout as sleep } from 'node:timers/promises'

/** Of one request, from the moment it asked. A page waits 30 s, a proxy often 5 to 60. */
const waitMsMax = 5000
/** Commits of other processes take milliseconds, so the first looks are close together. */
const pausesMs = [1, 2, 5, 10, 20]
const longestPauseMs = 25

/** SQLITE_BUSY: another process holds a lock that this statement needs. Nothing of it was done. */
export const isLocked = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5

/**
 * Runs a statement again for as long as another process holds the lock, at most until `askedAt` + 5 s. SQLite's own
 * `busy_timeout` does the same asleep, on the one thread that answers all requests. `askedAt` is when the caller began to
 * wait for its turn: of many writes behind one lock, none waits for longer than the first.
 */
export const untilUnlocked = async <T>(
  run: () => T,
  askedAt: number = performance.now(),
): Promise<T> => {
  for (let attempt = 0; ; attempt++) {
    try {
      return run()
    } catch (error) {
      if (!isLocked(error) || performance.now() - askedAt >= waitMsMax) throw error
    }
    await sleep(pausesMs[attempt] ?? longestPauseMs)
  }
}
