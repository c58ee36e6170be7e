import { Worker } from 'node:worker_threads'
import { Refusal } from '@latchkey/kit'
import { Semaphore } from '#platform/crypto/semaphore.ts'
import { refusals } from '#platform/refusals.ts'

/** 0 (guessed at once) to 4; zxcvbn, Wheeler 2016. */
export type Score = 0 | 1 | 2 | 3 | 4

const idleMs = 30_000
const answerWithinMs = 10_000

/**
 * The worker gets one password at a time; the others wait here, where they can be counted. Passwords made to be slow to
 * judge would otherwise keep the worker busy long after their senders have gone.
 */
const judging = new Semaphore({ atOnce: 1, waitingMax: 30 })

type Asked = { readonly resolve: (score: Score) => void; readonly reject: (error: Error) => void }

let worker: Worker | null = null
let asked: Asked | null = null
let rest: NodeJS.Timeout | undefined

const dismiss = (hired: Worker, error: Error): void => {
  if (worker !== hired) return
  worker = null
  asked?.reject(error)
}

const hire = (): Worker => {
  const hired = new Worker(new URL('./strength-worker.ts', import.meta.url))
  hired.on('message', (score: Score) => asked?.resolve(score))
  hired.on('error', (error) =>
    dismiss(hired, error instanceof Error ? error : new Error(String(error))),
  )
  hired.on('exit', () => dismiss(hired, new Error('the strength worker ended')))
  // After the listeners: adding one makes the worker hold the process again.
  hired.unref()
  return hired
}

const restLater = (): void => {
  const at = worker
  rest = setTimeout(() => void at?.terminate(), idleMs)
  rest.unref()
}

const judge = async (password: string, personal: readonly string[]): Promise<Score> => {
  clearTimeout(rest)
  worker ??= hire()
  const at = worker
  const { promise, resolve, reject } = Promise.withResolvers<Score>()
  // The asker then hears that it ended.
  const late = setTimeout(() => void at.terminate(), answerWithinMs)
  asked = { resolve, reject }
  at.postMessage({ password, personal })
  try {
    return await promise
  } finally {
    clearTimeout(late)
    asked = null
    restLater()
  }
}

/**
 * Estimates how hard a password is to guess. The word lists take 70 MB and each estimate takes milliseconds, so a worker
 * does it; the worker starts on demand and ends after half a minute without work.
 */
export const scorePassword = (password: string, personal: readonly string[]): Promise<Score> =>
  judging.run(
    () => judge(password, personal),
    () => new Refusal(refusals.busy, { retryAfterSeconds: 2 }),
  )
