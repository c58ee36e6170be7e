import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config, Db, Log } from '@latchkey/kit'
import { noteSettings } from '../config/core.ts'
import { DatabaseTrouble } from '../db/trouble.ts'
import { faultFacts } from '../log/log.ts'

/** Keys that wait at most. More than that in a few seconds is a flood; their next use is noted instead. */
const waitingMax = 10_000
/** Notes in one transaction: SQLite answers no request during it. */
const togetherMax = 100

export type Note = {
  /** Table and id of what was used: of several uses the newest is written. */
  readonly of: string
  readonly at: number
  /**
   * One statement for one row, which skips a row that is locked: waiting for it with others held, it could lock out the
   * request that holds it.
   */
  readonly write: (db: Db) => Promise<unknown>
}

/**
 * Uses are collected in memory and written every few seconds, a hundred in a transaction: a write of its own for each would
 * cost its request a sync to the disk, and a busy installation a quarter of its time.
 */
class Notes {
  readonly #db: Db
  readonly #log: Log | null
  readonly #everyMs: number
  readonly #waiting = new Map<string, Note>()
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(db: Db, { log, everySeconds }: { log: Log | null; everySeconds: number }) {
    this.#db = db
    this.#log = log
    this.#everyMs = everySeconds * 1000
  }

  add(note: Note): void {
    if (this.#waiting.size >= waitingMax && !this.#waiting.has(note.of)) return
    this.#waiting.set(note.of, note)
    this.#plan()
  }

  #plan(): void {
    this.#timer ??= setTimeout(() => void this.write(), this.#everyMs).unref()
  }

  waitingAt(of: string): number {
    return this.#waiting.get(of)?.at ?? 0
  }

  /**
   * Resolves when all that waited is written. Notes of a failed transaction are lost, and written at the next use; while the
   * database is in trouble they wait on.
   */
  write(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#writeAll())
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      const notes = [...this.#waiting.values().take(togetherMax)]
      try {
        await this.#db.transaction().execute(async (trx) => {
          for (const note of notes) await note.write(trx as unknown as Db)
        })
      } catch (error) {
        if (error instanceof DatabaseTrouble) return this.#plan()
        this.#log?.warn(
          { notes: notes.length, ...faultFacts(error) },
          'notes of activity were lost',
        )
      }
      // Until now they were to be found here; those made meanwhile stay.
      for (const note of notes)
        if (this.#waiting.get(note.of) === note) this.#waiting.delete(note.of)
      await nextTurn()
    }
  }
}

const collected = new WeakMap<Db, Notes>()

/** Sets how notes of this database are kept; without it, they are kept as by default. */
export const openNotes = ({
  db,
  log,
  config,
}: {
  readonly db: Db
  readonly log: Log
  readonly config: Config
}): void => {
  collected.set(db, new Notes(db, { log, everySeconds: config.read(noteSettings).everySeconds }))
}

const notesOf = (db: Db): Notes => {
  const notes = collected.get(db) ?? new Notes(db, { log: null, everySeconds: 3 })
  collected.set(db, notes)
  return notes
}

/** Writes the note within a few seconds. Nothing waits for it. */
export const noteLater = (db: Db, note: Note): void => notesOf(db).add(note)

/** When it was last used, if that is noted and not yet written; 0 otherwise. */
export const waitingNoteAt = (db: Db, of: string): number => notesOf(db).waitingAt(of)

/** Writes what waits. Called when the process stops. */
export const writeNotes = (db: Db): Promise<void> => notesOf(db).write()
