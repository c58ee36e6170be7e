import { sql } from 'kysely'
import type { TestApp } from './app.ts'

const asText = (value: unknown): string => {
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value)
    return [bytes.toString('latin1'), bytes.toString('hex'), bytes.toString('base64url')].join(' ')
  }
  return String(value)
}

export type Dump = {
  readonly tables: readonly string[]
  /** Every value of every row, bytes also in hex and base64. */
  readonly text: string
  /** What a thief would try as a credential: each value in each spelling that could be one. */
  readonly values: readonly string[]
}

type Database = Pick<TestApp, 'db' | 'engine'>

export const listTables = async ({ db, engine }: Database): Promise<readonly string[]> => {
  const names = await (engine === 'sqlite'
    ? sql<{ name: string }>`select name from sqlite_master where type = 'table'`
    : sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'`
  ).execute(db)
  return names.rows.map((row) => row.name)
}

/** What an attacker has who walks away with the database. */
export const dumpDatabase = async ({ db, engine }: Database): Promise<Dump> => {
  const tables = await listTables({ db, engine })
  const values = new Set<string>()
  const text: string[] = []
  for (const table of tables) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(
      db,
    )
    for (const value of rows.flatMap((row) => Object.values(row))) {
      text.push(asText(value))
      if (value instanceof Uint8Array) {
        const bytes = Buffer.from(value)
        for (const spelling of ['hex', 'base64', 'base64url', 'latin1'] as const)
          values.add(bytes.toString(spelling))
      } else if (typeof value === 'string') values.add(value)
    }
  }
  return { tables, text: text.join('\n'), values: [...values] }
}
