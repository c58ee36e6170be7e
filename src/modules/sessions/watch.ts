import type { Context, Db } from '@latchkey/kit'
import { Watcher } from './watcher.ts'

type Message = { readonly kind: 'open' | 'ended' }

type Services = Pick<Context, 'db' | 'now' | 'log'>

const watchers = new WeakMap<Db, Watcher>()

const watcherOf = (services: Services): Watcher => {
  const watcher = watchers.get(services.db) ?? new Watcher(services)
  watchers.set(services.db, watcher)
  return watcher
}

/** Sessions with an open page on this process. */
export const countWatched = (db: Db): number => watchers.get(db)?.size ?? 0

const over: IteratorResult<Message> = { done: true, value: undefined }

/**
 * Yields `open` at once and `ended` when the session is over, then stops. Written out instead of as a generator:
 * a generator that waits cannot be told that its reader left, and would be watched for ever.
 */
export const watchSession = (ctx: Services, sessionId: string): AsyncIterable<Message> => ({
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
