import type { DatabaseSync, StatementSync } from 'node:sqlite'

/**
 * Reads of one turn of the event loop see one state of the database. Taking it means locking the log for readers and
 * letting go again, which is half of what a look-up by key costs; requests that arrive together pay it once.
 *
 * A commit of this process ends it at once, so what is read next sees what was written. A commit of another process,
 * such as a command of the operator's, is seen from the next turn on: milliseconds, even under full load.
 */
export class SharedSnapshot {
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  #isOpen = false

  constructor(reader: DatabaseSync) {
    this.#begin = reader.prepare('BEGIN')
    this.#commit = reader.prepare('COMMIT')
  }

  /** The state itself is taken with the first read that follows. */
  enter(): void {
    if (this.#isOpen) return
    this.#begin.run()
    this.#isOpen = true
    setImmediate(this.end)
  }

  readonly end = (): void => {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#commit.run()
  }
}
