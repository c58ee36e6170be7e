import { DatabaseSync } from 'node:sqlite'
import type { Db } from '@latchkey/kit'
import { sql } from 'kysely'
import { engineOf } from './dialect.ts'

/** Faults named at most; the first ones say enough. */
const faultsMax = 10

/** Walks every page and index of a database file, and every reference. Empty when it is sound. Throws when it is no database. */
export const fileFaults = (path: string): readonly string[] => {
  const file = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
  try {
    const found = file.prepare(`pragma integrity_check(${faultsMax})`).all()
    const faults = found.map((row) => String(row.integrity_check)).filter((one) => one !== 'ok')
    if (faults.length > 0) return faults
    const loose = file.prepare('pragma foreign_key_check').all().slice(0, faultsMax)
    return loose.map((row) => `a row of ${row.table} refers to nothing in ${row.parent}`)
  } finally {
    file.close()
  }
}

/** Makes a copy one file that needs no journal beside it. */
export const settleFile = (path: string): void => {
  const file = new DatabaseSync(path, { timeout: 5000 })
  try {
    file.exec('pragma journal_mode = delete')
  } finally {
    file.close()
  }
}

/** Settings of a server that let acknowledged changes be lost in a power cut. Empty for the embedded database. */
export const listUnsafeSettings = async (db: Db): Promise<readonly string[]> => {
  if (engineOf(db) === 'sqlite') return []
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit')`.execute(db)
  return rows.filter((row) => row.setting === 'off').map((row) => row.name)
}

/** The database's own clock in epoch milliseconds; null where it is this machine's. */
export const databaseClock = async (db: Db): Promise<number | null> => {
  if (engineOf(db) === 'sqlite') return null
  const { rows } = await sql<{ at: number }>`
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at`.execute(db)
  return rows[0]?.at ?? null
}
