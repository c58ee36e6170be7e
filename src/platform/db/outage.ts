import type { Db, Log } from '@latchkey/kit'
import { embedded, isOver, makesUnready, requireWritable } from './readiness.ts'
import { signalsOf } from './signals.ts'
import { DatabaseTrouble, type TroubleKind, troubleWords } from './trouble.ts'

const lookEveryMs = 1000
/** Over when nothing went wrong for this long and the database is well: a restart is one outage, however often it was met. */
const quietMs = 2000
/** Requests that wait for a lock or a connection fail in waves as far apart as the wait. */
const quietAfterWaitMs = 6000
/** What asking finds out by itself. */
const seen: readonly TroubleKind[] = ['unreachable', 'crowded', 'read-only']
const waits: readonly TroubleKind[] = ['locked', 'crowded', 'too-slow']
/** Whoever asks for readiness gives up soon. */
const answerMsMax = 3000

type Outage = {
  /** What went wrong last. */
  kind: TroubleKind
  lastAt: number
  readonly beganAt: number
  readonly failed: Map<TroubleKind, number>
  lostConnections: number
}

/** Messages of drivers may quote values, so they are cut. */
const reasonOf = (cause: unknown): string | undefined =>
  cause instanceof Error ? cause.message.slice(0, 200) : undefined

const within = async (answer: Promise<TroubleKind | null>): Promise<TroubleKind | null> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<TroubleKind>((resolve) => {
    timer = setTimeout(() => resolve('crowded'), answerMsMax)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Follows one database of a running process. An outage is one line in the log when it begins and one when it is over,
 * however many requests failed; while it lasts the database is asked once a second whether it is well again.
 */
export class DatabaseWatch {
  readonly #db: Db
  readonly #log: Log
  #outage: Outage | null = null
  #asked: { readonly at: number; readonly answer: Promise<TroubleKind | null> } | null = null

  constructor(db: Db, log: Log) {
    this.#db = db
    this.#log = log
    signalsOf(db).listen({
      onTrouble: ({ kind, cause }) => {
        const { failed } = this.#note(kind, cause)
        failed.set(kind, (failed.get(kind) ?? 0) + 1)
      },
      onLostConnection: (error) => {
        this.#note('unreachable', error).lostConnections += 1
      },
    })
  }

  get troubles(): ReadonlyMap<TroubleKind, number> {
    return signalsOf(this.#db).counts
  }

  get lostConnections(): number {
    return signalsOf(this.#db).lostConnections
  }

  get hasNoRoom(): boolean {
    return this.#outage?.failed.has('disk-full') === true
  }

  /** From now on room is kept on the disk of an embedded database, and given up when the disk is full. */
  keepReserve(): void {
    // A disk that is full already begins an outage, at whose end the reserve is made.
    void embedded(this.#db)
      ?.keepReserve()
      .catch(() => undefined)
  }

  get isOutage(): boolean {
    return this.#outage !== null
  }

  /**
   * What keeps this process from doing its work; null when it is ready. The database is asked at most once a second, by the
   * clock of the caller.
   */
  async unreadiness(at: number): Promise<TroubleKind | null> {
    if (!this.#asked || at - this.#asked.at > lookEveryMs)
      this.#asked = { at, answer: within(this.#ask()) }
    const found = await this.#asked.answer
    if (found !== null) return found
    // Some trouble is not seen by asking, such as a disk without room for the next change.
    const met = [...(this.#outage?.failed.keys() ?? [])]
    return met.find((kind) => !seen.includes(kind) && makesUnready(this.#db, kind)) ?? null
  }

  async #ask(triesMax = 2): Promise<TroubleKind | null> {
    try {
      await requireWritable(this.#db)
      return null
    } catch (error) {
      if (!(error instanceof DatabaseTrouble)) return this.#unexplained(error)
      // A connection that was ended while it was idle says nothing about the next one.
      return error.kind === 'unreachable' && triesMax > 1 ? this.#ask(triesMax - 1) : error.kind
    }
  }

  /** A database that was closed, or has no tables: whatever it is, nothing can be done with it. */
  #unexplained(error: unknown): TroubleKind {
    this.#log.error({ reason: reasonOf(error) }, 'the database does not answer')
    return 'unreachable'
  }

  #note(kind: TroubleKind, cause: unknown): Outage {
    const lastAt = performance.now()
    const outage = this.#outage ?? this.#begin(kind, cause)
    if (kind === 'disk-full') embedded(this.#db)?.giveUpReserve()
    outage.kind = kind
    outage.lastAt = lastAt
    return outage
  }

  #begin(kind: TroubleKind, cause: unknown): Outage {
    const at = performance.now()
    const outage = { kind, lastAt: at, beganAt: at, failed: new Map(), lostConnections: 0 }
    this.#outage = outage
    this.#log.error({ kind, reason: reasonOf(cause) }, `trouble began: ${troubleWords[kind]}`)
    this.#plan()
    return outage
  }

  #plan(): void {
    setTimeout(() => void this.#look(), lookEveryMs).unref()
  }

  async #look(): Promise<void> {
    const outage = this.#outage
    if (!outage) return
    const quiet = waits.includes(outage.kind) ? quietAfterWaitMs : quietMs
    const isQuiet = performance.now() - outage.lastAt >= quiet
    try {
      if (isQuiet && (await isOver(this.#db, outage))) return this.#end(outage)
    } catch (error) {
      // The database was closed, or is not ours: there is nothing left to follow. Trouble has noted itself.
      if (!(error instanceof DatabaseTrouble)) return this.#end(outage)
    }
    this.#plan()
  }

  #end({ beganAt, lastAt, failed, lostConnections }: Outage): void {
    this.#outage = null
    const seconds = Math.round((lastAt - beganAt) / 100) / 10
    this.#log.warn(
      { seconds, failed: Object.fromEntries(failed), lostConnections },
      'the trouble with the database is over',
    )
  }
}

const watches = new WeakMap<Db, DatabaseWatch>()

/** One for each database, however often it is asked for. */
export const watchDatabase = (db: Db, log: Log): DatabaseWatch => {
  const watch = watches.get(db) ?? new DatabaseWatch(db, log)
  watches.set(db, watch)
  return watch
}
