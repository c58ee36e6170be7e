import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SelectQueryNode,
} from 'kysely'
import { SharedSnapshot } from './shared-snapshot.ts'

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

/**
 * First come, first served. SQLite has one writer; queueing here keeps `busy` errors out of one process. Between two there
 * is a turn of the event loop: each ends with a sync to the disk, and requests that only read would wait for all of them.
 */
class WriteQueue {
  readonly #waiting: (() => void)[] = []
  #isTaken = false

  async enter(): Promise<() => void> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#isTaken = true
    return () => this.#leave()
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) setImmediate(next)
    else this.#isTaken = false
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #driver: SqliteDriver
  #leave: (() => void) | null = null

  constructor(driver: SqliteDriver) {
    this.#driver = driver
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#leave) return execute(this.#driver.writer, query)
    // A read outside a transaction never waits for a writer: WAL gives it the last committed state.
    if (SelectQueryNode.is(query.query)) return execute(this.#driver.reader, query)
    const leave = await this.#driver.writes.enter()
    try {
      this.#driver.snapshot.end()
      return execute(this.#driver.writer, query)
    } finally {
      leave()
    }
  }

  // biome-ignore lint/correctness/useYield: the port asks for it; nothing here streams rows
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('rows are not streamed from SQLite')
  }

  async begin(): Promise<void> {
    const leave = await this.#driver.writes.enter()
    try {
      this.#driver.writeDb.exec('BEGIN IMMEDIATE')
      this.#leave = leave
    } catch (error) {
      leave()
      throw error
    }
  }

  finish(how: 'COMMIT' | 'ROLLBACK'): void {
    const leave = this.#leave
    if (!leave) return
    try {
      this.#driver.snapshot.end()
      this.#driver.writeDb.exec(how)
      this.#leave = null
      leave()
    } catch (error) {
      // A failed COMMIT leaves the transaction open: Kysely answers with a rollback, which releases the queue.
      if (how === 'ROLLBACK') {
        this.#leave = null
        leave()
      }
      throw error
    }
  }
}

/** For `prepared`: answers a compiled read at once, from the last committed state, past Kysely's queue of promises. */
export type ReadsInPlace = {
  readonly readInPlace: <R>(sql: string, parameters: readonly unknown[]) => readonly R[]
  /** Until the end of this turn of the event loop, those reads see one state (decision 0027). */
  readonly shareReads: () => void
}

const openFile = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true })
  try {
    // FULL: with NORMAL a power cut may undo the last commits, which would revive a revoked session.
    // The log gives back what it grew by beside a long read, such as a backup, at the first commit that begins it anew.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
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

  constructor(path: string) {
    this.writeDb = openFile(path)
    this.readDb = openFile(path)
    this.readDb.exec(`PRAGMA query_only = ON; PRAGMA mmap_size = ${mappedBytesMax}`)
    this.writer = new Statements(this.writeDb)
    this.reader = new Statements(this.readDb)
    this.snapshot = new SharedSnapshot(this.readDb)
  }

  readInPlace<R>(sql: string, parameters: readonly unknown[]): readonly R[] {
    this.snapshot.enter()
    return this.reader.get(sql).statement.all(...(parameters as readonly SQLInputValue[])) as R[]
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new SqliteConnection(this)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as SqliteConnection).begin()
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as SqliteConnection).finish('COMMIT')
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as SqliteConnection).finish('ROLLBACK')
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.snapshot.end()
    this.readDb.close()
    this.writeDb.close()
  }
}
