import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SelectQueryNode,
} from 'kysely'
import { tryRoomIn } from './disk.ts'
import { Reserve } from './reserve.ts'
import { SharedSnapshot } from './shared-snapshot.ts'
import type { DatabaseSignals } from './signals.ts'
import { DatabaseTrouble, sqliteTrouble } from './trouble.ts'
import { isLocked, untilUnlocked } from './unlocked.ts'
import { WriteQueue } from './write-queue.ts'

/** Prepared statements kept per connection. Above it the oldest goes; queries are few and fixed, so this is a bound, not a tuning knob. */
const statementsMax = 400

/** Of the file, read through the page cache of the system instead of copied from it: a large table then costs little more than a small one. */
const mappedBytesMax = 1 << 30

/** Four times what it takes between two checkpoints (1,000 pages). */
const journalBytesMax = 16 << 20

/** Whether rows come back is asked once: asking builds a description of every column, which costs more than a look-up by key. */
type Prepared = { readonly statement: StatementSync; readonly returnsRows: boolean }

class Statements {
  readonly #db: DatabaseSync
  readonly #kept = new Map<string, Prepared>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  get(sql: string): Prepared {
    const kept = this.#kept.get(sql)
    if (kept) return kept
    const statement = this.#db.prepare(sql)
    const prepared = { statement, returnsRows: statement.columns().length > 0 }
    if (this.#kept.size >= statementsMax) {
      const oldest = this.#kept.keys().next().value
      if (oldest !== undefined) this.#kept.delete(oldest)
    }
    this.#kept.set(sql, prepared)
    return prepared
  }
}

const execute = <R>(statements: Statements, query: CompiledQuery): QueryResult<R> => {
  const { statement, returnsRows } = statements.get(query.sql)
  const parameters = query.parameters as readonly SQLInputValue[]
  if (returnsRows) return { rows: statement.all(...parameters) as R[] }
  const { changes } = statement.run(...parameters)
  return { rows: [], numAffectedRows: BigInt(changes) }
}

class SqliteConnection implements DatabaseConnection {
  readonly #driver: SqliteDriver
  #leave: (() => void) | null = null

  constructor(driver: SqliteDriver) {
    this.#driver = driver
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { writer, reader, writes, snapshot } = this.#driver
    try {
      if (this.#leave) return execute(writer, query)
      // A read outside a transaction never waits for a writer: WAL gives it the last committed state.
      if (SelectQueryNode.is(query.query)) return await untilUnlocked(() => execute(reader, query))
      const askedAt = performance.now()
      const leave = await writes.enter()
      try {
        return await untilUnlocked(() => {
          snapshot.end()
          return execute<R>(writer, query)
        }, askedAt)
      } finally {
        leave()
      }
    } catch (error) {
      throw this.#driver.explain(error)
    }
  }

  // biome-ignore lint/correctness/useYield: the port asks for it; nothing here streams rows
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('rows are not streamed from SQLite')
  }

  async begin(): Promise<void> {
    const { writes, writeDb } = this.#driver
    const askedAt = performance.now()
    const leave = await writes.enter()
    try {
      await untilUnlocked(() => writeDb.exec('BEGIN IMMEDIATE'), askedAt)
      this.#leave = leave
    } catch (error) {
      leave()
      throw this.#driver.explain(error)
    }
  }

  commit(): void {
    if (!this.#leave) return
    try {
      this.#driver.snapshot.end()
      this.#driver.writeDb.exec('COMMIT')
      this.#driver.noteWrite()
      this.#finish()
    } catch (error) {
      // The transaction may still be open: Kysely answers with a rollback, which releases the queue.
      throw this.#driver.explain(error, 'commit')
    }
  }

  rollback(): void {
    if (!this.#leave) return
    try {
      this.#driver.snapshot.end()
      // An error such as a full disk has rolled it back already (sqlite.org/lang_transaction.html, section 3); a second
      // time would fail, and hide the first error.
      if (this.#driver.writeDb.isTransaction) this.#driver.writeDb.exec('ROLLBACK')
    } catch (error) {
      throw this.#driver.explain(error)
    } finally {
      this.#finish()
    }
  }

  #finish(): void {
    const leave = this.#leave
    this.#leave = null
    leave?.()
  }
}

/** For `prepared`: answers a compiled read at once, from the last committed state, past Kysely's queue of promises. */
export type ReadsInPlace = {
  readonly readInPlace: <R>(sql: string, parameters: readonly unknown[]) => readonly R[] | null
  /** Until the end of this turn of the event loop, those reads see one state (decision 0027). */
  readonly shareReads: () => void
}

/** For readiness: both fail as a write would fail now. */
export type TriesToWrite = {
  readonly tryToWrite: () => 'free' | 'locked'
  readonly tryRoom: () => Promise<void>
  /** Keeps room on the disk; a full disk is reported as trouble. */
  readonly keepReserve: () => Promise<void>
  readonly giveUpReserve: () => void
}

/** ENOSPC, and the same for one user's or folder's share. */
const fullCodes = new Set(['ENOSPC', 'EDQUOT'])

const openFile = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true })
  try {
    // FULL: with NORMAL a power cut may undo the last commits, which would revive a revoked session.
    // Once open, a wait for another process must not stop this one: `untilUnlocked` waits instead of the library.
    // The log gives back what it grew by beside a long read, such as a backup, at the first commit that begins it anew.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 0;
      PRAGMA journal_size_limit = ${journalBytesMax}`)
    return db
  } catch (error) {
    // A file that is no database fails here; left open, it would stay so for as long as the process runs.
    db.close()
    throw error
  }
}

/** Two connections to one file: one that writes, in turn, and one that reads whenever it likes. */
export class SqliteDriver implements Driver {
  readonly writes = new WriteQueue()
  readonly writeDb: DatabaseSync
  readonly readDb: DatabaseSync
  readonly writer: Statements
  readonly reader: Statements
  readonly snapshot: SharedSnapshot
  readonly #signals: DatabaseSignals
  readonly #path: string
  #reserve: Reserve | null = null

  constructor(path: string, signals: DatabaseSignals) {
    this.#signals = signals
    this.#path = path
    this.writeDb = openFile(path)
    this.readDb = openFile(path)
    this.readDb.exec(`PRAGMA query_only = ON; PRAGMA mmap_size = ${mappedBytesMax}`)
    this.writer = new Statements(this.writeDb)
    this.reader = new Statements(this.readDb)
    this.snapshot = new SharedSnapshot(this.readDb)
  }

  /** Null while another process keeps readers out, as it does for a moment when it closes the file: ask again, and wait. */
  readInPlace<R>(sql: string, parameters: readonly unknown[]): readonly R[] | null {
    try {
      this.snapshot.enter()
      return this.reader.get(sql).statement.all(...(parameters as readonly SQLInputValue[])) as R[]
    } catch (error) {
      if (isLocked(error)) return null
      throw this.explain(error)
    }
  }

  /**
   * What an error of the library means. A commit that failed at the disk may be found complete by the next process that
   * reads the log, so its outcome is unknown; on a full disk nothing of it was written.
   */
  explain(error: unknown, during: 'statement' | 'commit' = 'statement'): unknown {
    const kind = sqliteTrouble(error)
    if (kind === null) return error
    const isOutcomeUnknown = during === 'commit' && kind === 'disk-failed'
    return this.#signals.report(new DatabaseTrouble(kind, error, { isOutcomeUnknown }))
  }

  noteWrite(): void {
    this.#signals.wroteAt = performance.now()
  }

  /** Takes the write lock and gives it back, without waiting for it. */
  tryToWrite(): 'free' | 'locked' {
    if (!this.writes.isEmpty) return 'locked'
    try {
      this.writeDb.exec('BEGIN IMMEDIATE; ROLLBACK')
      return 'free'
    } catch (error) {
      if (isLocked(error)) return 'locked'
      throw this.explain(error)
    }
  }

  async keepReserve(): Promise<void> {
    this.#reserve = new Reserve(this.#path)
    await this.tryRoom()
  }

  giveUpReserve(): void {
    this.#reserve?.release()
  }

  /** Whether a few commits would find room on the disk, beside the reserve, which is made anew where it was given up. */
  async tryRoom(): Promise<void> {
    try {
      await this.#reserve?.make()
      await tryRoomIn(dirname(this.#path))
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && fullCodes.has(String(error.code))
      const kind = isFull ? 'disk-full' : 'disk-failed'
      throw this.#signals.report(new DatabaseTrouble(kind, error))
    }
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new SqliteConnection(this)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as SqliteConnection).begin()
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as SqliteConnection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as SqliteConnection).rollback()
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.snapshot.end()
    this.readDb.close()
    this.writeDb.close()
  }
}
