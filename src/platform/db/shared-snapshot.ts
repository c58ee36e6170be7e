import { performance } from 'node:perf_hooks'
import type { DatabaseSync, StatementSync } from 'node:sqlite'

const { nodeTiming } = performance

/**
 * Grows each time the sockets have been asked who has something to say, and all of them were heard. In most turns that is
 * once. When a thousand speak in the same instant they are asked again in the same turn, and those heard then may know of
 * a commit since.
 */
const askings = (): number => nodeTiming.uvMetricsInfo.events

/**
 * Requests that arrive in the same turn of the event loop read one state of the database. Taking a state means locking
 * the log for readers and letting go again, which is half of what a look-up by key costs; so they pay it once.
 *
 * A commit of this process ends it at once: what is read next sees what was written. A commit of another process, such
 * as a command of the operator's, is seen by every request that is read after the sockets were asked again.
 */
export class SharedSnapshot {
  readonly #reader: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  #isShared = false
  #isOpen = false
  #takenAt = 0

  constructor(reader: DatabaseSync) {
    this.#reader = reader
    this.#begin = reader.prepare('BEGIN')
    this.#commit = reader.prepare('COMMIT')
  }

  /**
   * From here to the end of the turn. To be called where a request arrives and nowhere else: what a timer reads comes
   * before the sockets are looked at, and a request found there may know of a commit since.
   */
  share(): void {
    this.#endOld()
    if (this.#isShared) return
    this.#isShared = true
    setImmediate(() => {
      this.#isShared = false
      this.end()
    })
  }

  /** Before a read. The state itself is taken by the first one. */
  enter(): void {
    this.#endOld()
    if (!this.#isShared || this.#isOpen) return
    this.#begin.run()
    this.#isOpen = true
    this.#takenAt = askings()
  }

  #endOld(): void {
    if (this.#isOpen && askings() !== this.#takenAt) this.end()
  }

  /**
   * Called right before a commit, so that the next read sees it. Not after: a commit also checkpoints the log, as far as no
   * reader uses an older state; the log would never be emptied and would grow for as long as it is busy.
   */
  end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    // A read that failed at the disk has ended it already (https://sqlite.org/lang_transaction.html, section 3), and there
    // is no caller to receive an error: it would end the process.
    if (this.#reader.isTransaction) this.#commit.run()
  }
}
