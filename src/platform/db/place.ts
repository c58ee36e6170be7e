import { chmodSync, existsSync, linkSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Db, Migrations } from '@latchkey/kit'
import { sql } from 'kysely'
import { giveTo } from '../folders/make-folder.ts'
import { fillFromFile, listTables } from './copy-rows.ts'
import { syncToDisk } from './disk.ts'
import { migrate } from './migrate.ts'
import { serverConnection } from './open-postgres.ts'

/** Another process uses the database that was to be replaced. */
export class InUseProblem extends Error {
  constructor() {
    super('A server is running on this database. Stop it first.')
    this.name = 'InUseProblem'
  }
}

type Hold = { readonly release: () => void }

const errorCode = (error: unknown): number =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
const busyCodes = new Set([5, 6])
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damagedCodes = new Set([11, 26])

/**
 * Holds the file so that no other process reads or writes it. Leaving WAL needs every other connection gone
 * (sqlite.org/wal.html), which also folds `-wal` into the file: what is moved aside afterwards is one whole file.
 * A damaged file cannot be held; it is moved aside as it is.
 */
const holdFile = (path: string): Hold => {
  if (!existsSync(path)) return { release: () => undefined }
  const file = new DatabaseSync(path, { timeout: 500 })
  try {
    file.exec('pragma journal_mode = delete; begin exclusive')
    return { release: () => file.close() }
  } catch (error) {
    file.close()
    if (busyCodes.has(errorCode(error))) throw new InUseProblem()
    if (damagedCodes.has(errorCode(error))) return { release: () => undefined }
    throw error
  }
}

/** Throws InUseProblem while another process has the file open. */
export const requireUnused = (path: string): void => holdFile(path).release()

const giveSecondName = (path: string, aside: string): void => {
  try {
    linkSync(path, aside)
  } catch (error) {
    // Some file systems know no second names; then there is a moment without a database, and nothing is lost in it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error
    renameSync(path, aside)
  }
}

const sideFiles = ['-wal', '-shm', '-journal']

/**
 * Puts a finished file where the database belongs. There is a whole database under that name at every moment: the old
 * one gets a second name before the new one takes its place. Nothing is deleted.
 */
export const placeFile = (finished: string, path: string, aside: string): void => {
  const hold = holdFile(path)
  try {
    const folder = dirname(path)
    // A backup may have been on a disk that knows no rights.
    chmodSync(finished, 0o600)
    giveTo(finished, statSync(existsSync(path) ? path : folder))
    if (existsSync(path)) giveSecondName(path, aside)
    // Left over from a process that was killed, they would be read as part of the new file.
    for (const end of sideFiles) if (existsSync(path + end)) renameSync(path + end, aside + end)
    renameSync(finished, path)
    syncToDisk(folder)
  } finally {
    hold.release()
  }
}

/** How many connections of servers there are on this database, besides those of commands. */
const countServers = async (db: Db): Promise<number> => {
  const { rows } = await sql<{ servers: number }>`
    select count(*)::int as servers from pg_stat_activity
    where datname = current_database() and application_name = ${serverConnection}`.execute(db)
  return rows[0]?.servers ?? 0
}

/** Throws InUseProblem while a server is connected. */
export const requireNoServers = async (db: Db): Promise<void> => {
  if ((await countServers(db)) > 0) throw new InUseProblem()
}

const hasTables = async (db: Db, tables: readonly string[]): Promise<boolean> => {
  const { rows } = await sql<{ found: number }>`
    select count(*)::int as found from pg_tables
    where schemaname = current_schema() and tablename in (${sql.join(tables)})`.execute(db)
  return (rows[0]?.found ?? 0) > 0
}

/** Whether there is anything of ours that a restore would put aside. */
export const isServerEmpty = async (db: Db): Promise<boolean> =>
  !(await hasTables(db, ['migrations', 'people']))

/** Moves our tables, and the functions their triggers call, into a schema of their own. */
const setAside = async (db: Db, tables: readonly string[], schema: string): Promise<void> => {
  const { rows: present } = await sql<{ name: string }>`
    select tablename as name from pg_tables
    where schemaname = current_schema() and tablename in (${sql.join(tables)})`.execute(db)
  if (present.length === 0) return
  await sql`create schema ${sql.id(schema)}`.execute(db)
  const { rows: functions } = await sql<{ signature: string }>`
    select distinct p.oid::regprocedure::text as signature
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace
      and p.pronamespace = current_schema()::regnamespace
      and c.relname in (${sql.join(tables)})`.execute(db)
  for (const { name } of present)
    await sql`alter table ${sql.table(name)} set schema ${sql.id(schema)}`.execute(db)
  for (const { signature } of functions)
    await sql`alter function ${sql.raw(signature)} set schema ${sql.id(schema)}`.execute(db)
  // Kysely looks for its own two tables in every schema and would take the ones put aside for present.
  for (const own of ['migrations', 'migrations_lock'].filter((name) =>
    present.some((one) => one.name === name),
  ))
    await sql`create table ${sql.table(own)} (like ${sql.id(schema, own)} including all)`.execute(
      db,
    )
}

/** Puts a finished file's contents on a server, in one transaction: all of it, or nothing. What was there moves to `aside`. */
export const placeOnServer = async (
  finished: string,
  db: Db,
  { migrations, aside }: { readonly migrations: Migrations; readonly aside: string },
): Promise<void> => {
  await requireNoServers(db)
  await db.transaction().execute(async (trx) => {
    const inner = trx as unknown as Db
    // A server that starts right now holds a table only for moments; longer means that it is at work.
    await sql`set local lock_timeout = '5s'`.execute(inner)
    await setAside(inner, listTables(finished), aside)
    await migrate(inner, migrations, null)
    await fillFromFile(finished, inner)
  })
}
