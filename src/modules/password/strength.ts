import { Worker } from 'node:worker_threads'
import { Refusal } from '@latchkey/kit'
import { refusals } from '#platform/http/refusals.ts'

/** 0 (guessed at once) to 4; zxcvbn, Wheeler 2016. */
export type Score = 0 | 1 | 2 | 3 | 4

const idleMs = 30_000
const waitingMax = 100
const answerWithinMs = 10_000

type Waiting = { readonly resolve: (score: Score) => void; readonly reject: (error: Error) => void }

let worker: Worker | null = null
let rest: NodeJS.Timeout | undefined
let nextId = 1
const waiting = new Map<number, Waiting>()

const dismiss = (error: Error): void => {
  worker = null
  for (const one of waiting.values()) one.reject(error)
  waiting.clear()
}

const hire = (): Worker => {
  const hired = new Worker(new URL('./strength-worker.ts', import.meta.url))
  hired.on('message', ({ id, score }: { id: number; score: Score }) => {
    waiting.get(id)?.resolve(score)
    waiting.delete(id)
  })
  hired.on('error', (error) => dismiss(error instanceof Error ? error : new Error(String(error))))
  hired.on('exit', () => {
    if (worker === hired) dismiss(new Error('the strength worker ended'))
  })
  // After the listeners: adding one makes the worker hold the process again.
  hired.unref()
  return hired
}

/**
 * How hard a password is to guess. The word lists weigh 70 MB and each look costs milliseconds, so both live in a
 * worker that comes when asked and leaves after half a minute of rest.
 */
export const scorePassword = (password: string, personal: readonly string[]): Promise<Score> => {
  if (waiting.size >= waitingMax) throw new Refusal(refusals.busy, { retryAfterSeconds: 2 })
  worker ??= hire()
  const at = worker
  clearTimeout(rest)
  rest = setTimeout(() => {
    if (waiting.size === 0) void at.terminate()
  }, idleMs)
  rest.unref()
  const id = nextId++
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      waiting.delete(id)
      reject(new Error('the strength worker did not answer'))
    }, answerWithinMs)
    waiting.set(id, {
      resolve: (score) => {
        clearTimeout(late)
        resolve(score)
      },
      reject: (error) => {
        clearTimeout(late)
        reject(error)
      },
    })
    at.postMessage({ id, password, personal })
  })
}
