import type { Db } from '@latchkey/kit'
import { listUsable } from './store.ts'

type Message = { readonly kind: 'open' | 'ended' }

const everyMs = 500

/**
 * Tells open pages that their session ended, on whichever process it was ended: all streams of this process share
 * one query every half second. Between two processes the database is the only thing they have in common.
 */
class Watcher {
  readonly #db: Db
  readonly #now: () => number
  readonly #watching = new Map<string, Set<() => void>>()
  #timer: NodeJS.Timeout | null = null

  constructor(db: Db, now: () => number) {
    this.#db = db
    this.#now = now
  }

  add(sessionId: string, onEnd: () => void): () => void {
    const listeners = this.#watching.get(sessionId) ?? new Set()
    listeners.add(onEnd)
    this.#watching.set(sessionId, listeners)
    this.#plan()
    return () => {
      listeners.delete(onEnd)
      if (listeners.size === 0) this.#watching.delete(sessionId)
    }
  }

  #plan(): void {
    if (this.#timer || this.#watching.size === 0) return
    this.#timer = setTimeout(() => void this.#look(), everyMs)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    try {
      const ids = [...this.#watching.keys()]
      const usable =
        ids.length > 0 ? await listUsable(this.#db, ids, this.#now()) : new Set<string>()
      for (const id of ids)
        if (!usable.has(id)) for (const onEnd of this.#watching.get(id) ?? []) onEnd()
    } catch {
      // The database is away: pages keep what they show, and the next look tells.
    }
    this.#timer = null
    this.#plan()
  }
}

const watchers = new WeakMap<Db, Watcher>()

/**
 * Yields `open` at once and `ended` when the session is over, then stops. Returning ends the waiting too: a bare
 * generator would wait on, and hold its listener and its connection until the session ends.
 */
export const watchSession = (
  ctx: { readonly db: Db; readonly now: () => number },
  sessionId: string,
): AsyncIterableIterator<Message> => {
  const watcher = watchers.get(ctx.db) ?? new Watcher(ctx.db, ctx.now)
  watchers.set(ctx.db, watcher)
  let leave: () => void = () => undefined
  const over = (): Promise<'ended' | 'left'> =>
    new Promise((resolve) => {
      const stop = watcher.add(sessionId, () => resolve('ended'))
      leave = () => {
        stop()
        resolve('left')
      }
    })
  async function* messages(): AsyncGenerator<Message> {
    const outcome = over()
    yield { kind: 'open' }
    if ((await outcome) === 'ended') yield { kind: 'ended' }
  }
  const running = messages()
  return {
    next: () => running.next(),
    return: () => {
      leave()
      return running.return(undefined)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
