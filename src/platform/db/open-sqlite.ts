import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Db } from '@latchkey/kit'
import {
  type Dialect,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { makeClosedFile } from '../folders/make-folder.ts'
import { DatabaseSignals, type Signalling } from './signals.ts'
import { type ReadsInPlace, SqliteDriver, type TriesToWrite } from './sqlite-driver.ts'

/** SQLite's DDL is transactional; Kysely's adapter says otherwise because other drivers pool connections. */
class Adapter extends SqliteAdapter implements ReadsInPlace, Signalling, TriesToWrite {
  readonly #driver: SqliteDriver
  readonly signals: DatabaseSignals

  constructor(driver: SqliteDriver, signals: DatabaseSignals) {
    super()
    this.#driver = driver
    this.signals = signals
  }

  tryToWrite(): 'free' | 'locked' {
    return this.#driver.tryToWrite()
  }

  tryRoom(): Promise<void> {
    return this.#driver.tryRoom()
  }

  keepReserve(): Promise<void> {
    return this.#driver.keepReserve()
  }

  giveUpReserve(): void {
    this.#driver.giveUpReserve()
  }

  readInPlace<R>(sql: string, parameters: readonly unknown[]): readonly R[] | null {
    return this.#driver.readInPlace(sql, parameters)
  }

  shareReads(): void {
    this.#driver.snapshot.share()
  }

  override get supportsTransactionalDdl(): boolean {
    return true
  }

  /** Without it, Kysely blocks reads while another transaction is open. The driver orders the writes. */
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

/** SQLite would make the file as open as the process allows; what it puts beside it is then as closed as the file. */
const makeFile = (path: string): void => {
  if (existsSync(path)) return
  try {
    makeClosedFile(path)
  } catch (error) {
    // Another process of this installation may have been first.
    if (!existsSync(path)) throw error
  }
}

/** Opens (and creates) the embedded database. Throws when the folder cannot be written. */
export const openSqlite = (path: string): Db => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  makeFile(path)
  const signals = new DatabaseSignals()
  const driver = new SqliteDriver(path, signals)
  const dialect: Dialect = {
    createAdapter: () => new Adapter(driver, signals),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
  return new Kysely<Record<never, never>>({ dialect })
}
