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

  get size(): number {
    return this.#watching.size
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
      // The database is unavailable: pages keep what they show until the next query.
    }
    this.#timer = null
    this.#plan()
  }
}

const watchers = new WeakMap<Db, Watcher>()

const watcherOf = (ctx: { readonly db: Db; readonly now: () => number }): Watcher => {
  const watcher = watchers.get(ctx.db) ?? new Watcher(ctx.db, ctx.now)
  watchers.set(ctx.db, watcher)
  return watcher
}

/** Sessions with an open page on this process. */
export const countWatched = (db: Db): number => watchers.get(db)?.size ?? 0

const over: IteratorResult<Message> = { done: true, value: undefined }

/**
 * Yields `open` at once and `ended` when the session is over, then stops. Written out instead of as a generator:
 * a generator that waits cannot be told that its reader left, and would be watched for ever.
 */
export const watchSession = (
  ctx: { readonly db: Db; readonly now: () => number },
  sessionId: string,
): AsyncIterable<Message> => ({
  [Symbol.asyncIterator]: () => {
    const { promise, resolve } = Promise.withResolvers<'ended' | 'left'>()
    const leave = watcherOf(ctx).add(sessionId, () => resolve('ended'))
    let said: 'nothing' | 'open' | 'all' = 'nothing'
    return {
      next: async () => {
        if (said === 'nothing') {
          said = 'open'
          return { done: false, value: { kind: 'open' } }
        }
        if (said === 'all') return over
        said = 'all'
        const how = await promise
        leave()
        return how === 'ended' ? { done: false, value: { kind: 'ended' } } : over
      },
      return: async () => {
        resolve('left')
        leave()
        return over
      },
    }
  },
})
