import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Db, Migrations } from '@latchkey/kit'
import { sql } from 'kysely'
import { copyBeside, engineOf } from './dialect.ts'
import { appliedMigrations, MigrationProblem, migrate } from './migrate.ts'
import { openSqlite } from './open-sqlite.ts'

/** Rows held in memory at a time. */
const batchRows = 500
/** PostgreSQL takes 65,535 parameters a statement. */
const parametersMax = 60_000

/** The migrator's own record: written anew by the migrations that ran, never copied. */
const ownTables = new Set(['migrations', 'migrations_lock'])

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const allTables = (file: DatabaseSync): string[] =>
  file
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .all()
    .map((row) => String(row.name))
    .filter((name) => !ownTables.has(name))
    .sort()

/** Tables of a copy; what a row refers to comes before it. */
const tablesInOrder = (file: DatabaseSync): string[] => {
  const ordered: string[] = []
  const visit = (table: string): void => {
    if (ordered.includes(table)) return
    const referred = file.prepare(`pragma foreign_key_list(${quoted(table)})`).all()
    for (const row of referred) if (String(row.table) !== table) visit(String(row.table))
    ordered.push(table)
  }
  for (const table of allTables(file)) visit(table)
  return ordered
}

type Row = Record<string, SQLInputValue>

const insertInto = (file: DatabaseSync, table: string): ((row: Row) => void) => {
  let insert: ReturnType<DatabaseSync['prepare']> | null = null
  return (row) => {
    const columns = Object.keys(row)
    insert ??= file.prepare(
      `insert into ${quoted(table)} (${columns.map(quoted).join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    )
    insert.run(...columns.map((column) => row[column] ?? null))
  }
}

const copyTable = async (from: Db, file: DatabaseSync, table: string): Promise<void> => {
  // A migration may have put rows into a new table; the copy holds what the original does and nothing else.
  file.exec(`delete from ${quoted(table)}`)
  const insert = insertInto(file, table)
  await sql`declare copied no scroll cursor for select * from ${sql.table(table)}`.execute(from)
  for (;;) {
    const { rows } = await sql.raw<Row>(`fetch ${batchRows} from copied`).execute(from)
    for (const row of rows) insert(row)
    if (rows.length < batchRows) break
  }
  await sql`close copied`.execute(from)
}

/** Makes the same tables in an empty file, then copies row by row from one snapshot of the server. */
const copyFromServer = async (db: Db, path: string, migrations: Migrations): Promise<void> => {
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const snapshot = trx as unknown as Db
      const applied = await appliedMigrations(snapshot)
      const target = openSqlite(path)
      const known = Object.entries(migrations).filter(([name]) => applied.includes(name))
      if (known.length < applied.length)
        throw new MigrationProblem('This database was used by a newer version.', undefined)
      await migrate(target, Object.fromEntries(known), null)
      await target.destroy()
      const file = new DatabaseSync(path, { enableForeignKeyConstraints: false })
      try {
        // No other process sees this file, and it is synced once, at the end.
        file.exec('pragma journal_mode = delete; pragma synchronous = off; begin')
        for (const table of allTables(file)) await copyTable(snapshot, file, table)
        file.exec('commit')
      } finally {
        file.close()
      }
    })
}

/** Opens a copy to read or change it; the caller settles it into one file again. */
export const openCopy = (path: string): Db => openSqlite(path)

/** A consistent copy of either engine's database as one SQLite file, while others go on writing. */
export const copyToFile = async (db: Db, path: string, migrations: Migrations): Promise<void> => {
  if (engineOf(db) === 'sqlite') await copyBeside(db, path)
  else await copyFromServer(db, path, migrations)
}

const insertBatch = async (to: Db, table: string, rows: readonly Row[]): Promise<void> => {
  const columns = Object.keys(rows[0] ?? {})
  const step = Math.max(1, Math.floor(parametersMax / Math.max(1, columns.length)))
  for (let start = 0; start < rows.length; start += step) {
    const values = rows.slice(start, start + step).map((row) => {
      const list = columns.map((column) => {
        const value = row[column] ?? null
        return sql`${value instanceof Uint8Array ? Buffer.from(value) : value}`
      })
      return sql`(${sql.join(list)})`
    })
    const names = sql.join(columns.map((column) => sql.ref(column)))
    await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)}`.execute(to)
  }
}

const countOf = async (db: Db, table: string): Promise<number> => {
  const { rows } = await sql<{ rows: number }>`
    select count(*) as rows from ${sql.table(table)}`.execute(db)
  return Number(rows[0]?.rows ?? 0)
}

const fillTable = async (file: DatabaseSync, to: Db, table: string): Promise<void> => {
  let batch: Row[] = []
  let copied = 0
  for (const row of file.prepare(`select * from ${quoted(table)}`).iterate()) {
    batch.push(row as Row)
    copied += 1
    if (batch.length < batchRows) continue
    await insertBatch(to, table, batch)
    batch = []
  }
  if (batch.length > 0) await insertBatch(to, table, batch)
  const arrived = await countOf(to, table)
  if (arrived !== copied)
    throw new Error(`${arrived} of ${copied} rows of ${table} arrived; nothing was changed`)
}

/** Fills a server's fresh tables from a copy, in the caller's transaction. The tables are as the migrations left them. */
export const fillFromFile = async (path: string, to: Db): Promise<void> => {
  const file = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = tablesInOrder(file)
    // Rows that a migration put there come back with the copy. Asked first: the trail refuses even an empty delete.
    for (const table of tables.toReversed())
      if ((await countOf(to, table)) > 0) await sql`delete from ${sql.table(table)}`.execute(to)
    for (const table of tables) await fillTable(file, to, table)
  } finally {
    file.close()
  }
}

/** Names of the tables of a copy, the migrator's own included. */
export const listTables = (path: string): readonly string[] => {
  const file = new DatabaseSync(path, { readOnly: true })
  try {
    return [...allTables(file), ...ownTables]
  } finally {
    file.close()
  }
}
