import type { Columns, Db } from '@latchkey/kit'
import { SqliteAdapter, sql } from 'kysely'
import { makeClosedFile } from '../folders/make-folder.ts'

export type Engine = 'sqlite' | 'postgres'

/** The named facts that differ. Everything else is one query text for both. */
export const engineOf = (db: Db): Engine =>
  db.getExecutor().adapter instanceof SqliteAdapter ? 'sqlite' : 'postgres'

export const columnsOf = (engine: Engine): Columns => ({
  secret: engine === 'sqlite' ? 'blob' : 'bytea',
  moment: 'bigint',
  json: 'text',
})

/** Did this fail because such a row already exists? SQLITE_CONSTRAINT_UNIQUE 2067, _PRIMARYKEY 1555; PostgreSQL 23505. */
export const isDuplicate = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false
  if ('errcode' in error && (error.errcode === 2067 || error.errcode === 1555)) return true
  return 'code' in error && error.code === '23505'
}

/**
 * Waits until no other transaction of this database holds the named lock; released with the transaction.
 * SQLite's write transaction already excludes all others.
 */
export const lockInTransaction = async (db: Db, lock: number): Promise<void> => {
  if (engineOf(db) === 'sqlite') return
  await sql`select pg_advisory_xact_lock(7305, ${lock})`.execute(db)
}

/** For a claim by several workers: skips rows another worker is claiming right now. */
export const skipLocked = <Q extends { forUpdate: () => { skipLocked: () => Q } }>(
  db: Db,
  query: Q,
): Q => (engineOf(db) === 'sqlite' ? query : query.forUpdate().skipLocked())

/** A consistent copy of the embedded database beside itself; PostgreSQL has its own tools for that. */
export const copyBeside = async (db: Db, path: string): Promise<void> => {
  if (engineOf(db) !== 'sqlite') return
  makeClosedFile(path)
  await sql`vacuum into ${path}`.execute(db)
}

/** Built as a query, not written as text: only so the embedded database knows that it is a read, which waits for no writer. */
export const ping = async (db: Db): Promise<void> => {
  await db.selectNoFrom(sql`1`.as('one')).execute()
}
