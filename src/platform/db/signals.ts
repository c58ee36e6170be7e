import type { Db } from '@latchkey/kit'
import type { DatabaseTrouble, TroubleKind } from './trouble.ts'

type Listener = {
  readonly onTrouble: (trouble: DatabaseTrouble) => void
  readonly onLostConnection: (error: Error) => void
}

/** What a driver noticed: counted for the metrics, and passed on to the one that watches. */
export class DatabaseSignals {
  readonly counts = new Map<TroubleKind, number>()
  lostConnections = 0
  /** By `performance.now()`: the last commit of a transaction, on the embedded database. */
  wroteAt = Number.NEGATIVE_INFINITY
  readonly #listeners = new Set<Listener>()

  /** Returns what stops listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Returns the trouble, to be thrown. */
  report(trouble: DatabaseTrouble): DatabaseTrouble {
    this.counts.set(trouble.kind, (this.counts.get(trouble.kind) ?? 0) + 1)
    for (const { onTrouble } of this.#listeners) onTrouble(trouble)
    return trouble
  }

  reportLost(error: Error): void {
    this.lostConnections += 1
    for (const { onLostConnection } of this.#listeners) onLostConnection(error)
  }
}

/** An adapter that its driver's signals can be found by. */
export type Signalling = { readonly signals: DatabaseSignals }

const isSignalling = (adapter: object): adapter is Signalling => 'signals' in adapter

export const signalsOf = (db: Db): DatabaseSignals => {
  const { adapter } = db.getExecutor()
  if (!isSignalling(adapter)) throw new Error('this database was not opened by the platform')
  return adapter.signals
}
