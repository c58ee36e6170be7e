import { Worker } from 'node:worker_threads'
import { Refusal } from '@latchkey/kit'
import { Semaphore } from '#platform/crypto/semaphore.ts'
import { refusals } from '#platform/refusals.ts'

/** 0 (guessed at once) to 4; zxcvbn, Wheeler 2016. */
export type Score = 0 | 1 | 2 | 3 | 4

const idleMs = 30_000
const answerWithinMs = 10_000
/** Reading the word lists takes half a second, and many times that on a machine that is short of processor time. */
const loadWithinMs = 60_000

/**
 * The worker gets one password at a time; the others wait here, where they can be counted. Passwords made to be slow to
 * judge would otherwise keep the worker busy long after their senders have gone.
 */
const judging = new Semaphore({ atOnce: 1, waitingMax: 30 })

const busy = (): Refusal => new Refusal(refusals.busy, { retryAfterSeconds: 2 })

type Asked = { readonly resolve: (score: Score) => void; readonly reject: (error: Error) => void }

type Hired = { readonly worker: Worker; readonly ready: Promise<void> }

let hired: Hired | null = null
let asked: Asked | null = null
let rest: NodeJS.Timeout | undefined

const dismiss = (worker: Worker, error: Error): void => {
  if (hired?.worker !== worker) return
  hired = null
  asked?.reject(error)
}

const hire = (): Hired => {
  const worker = new Worker(new URL('./strength-worker.ts', import.meta.url))
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  worker.on('message', (message: Score | 'ready') =>
    message === 'ready' ? resolve() : asked?.resolve(message),
  )
  worker.on('error', (error) =>
    dismiss(worker, error instanceof Error ? error : new Error(String(error))),
  )
  worker.on('exit', () => dismiss(worker, new Error('the strength worker ended')))
  // After the listeners: adding one makes the worker hold the process again.
  worker.unref()
  return { worker, ready }
}

const restLater = (): void => {
  const at = hired?.worker
  rest = setTimeout(() => void at?.terminate(), idleMs)
  rest.unref()
}

const judge = async (password: string, personal: readonly string[]): Promise<Score> => {
  clearTimeout(rest)
  hired ??= hire()
  const { worker, ready } = hired
  const { promise, resolve, reject } = Promise.withResolvers<Score>()
  asked = { resolve, reject }
  // Too late is a matter of load, and no fault: the caller is asked to try again.
  const giveUp = (): void => {
    reject(busy())
    void worker.terminate()
  }
  let late = setTimeout(giveUp, loadWithinMs)
  try {
    await Promise.race([ready, promise])
    clearTimeout(late)
    late = setTimeout(giveUp, answerWithinMs)
    worker.postMessage({ password, personal })
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
  judging.run(() => judge(password, personal), busy)
