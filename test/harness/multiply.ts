import type { Db } from '@latchkey/kit'
import { sql } from 'kysely'
import { engineOf } from '#platform/db/dialect.ts'

export type Copies = {
  readonly table: string
  readonly count: number
  /** SQL for the columns that differ; `n` is the number of the copy, from 1. */
  readonly change: Readonly<Record<string, string>>
  /** SQL condition for the row to copy; any one, if it is missing. */
  readonly of?: string
}

/** Bytes that differ for each copy, as either engine writes them. */
export const bytesOf = (db: Db, text: string): string =>
  engineOf(db) === 'sqlite' ? `cast(${text} as blob)` : `convert_to(${text}, 'UTF8')`

/** Writes copies of a row that the product made, in one statement: a hundred thousand take a second or two. */
export const multiplyRow = async (
  db: Db,
  { table, count, change, of = '1 = 1' }: Copies,
): Promise<void> => {
  const { rows } = await sql<Record<string, unknown>>`
    select * from ${sql.table(table)} where ${sql.raw(of)} limit 1`.execute(db)
  const [sample] = rows
  if (!sample) throw new Error(`there is no row of ${table} to copy`)
  const columns = Object.keys(sample)
  const values = columns.map((column) => change[column] ?? `sample."${column}"`)
  await sql`
    insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)})
    select ${sql.raw(values.join(', '))}
    from numbers, (select * from ${sql.table(table)} where ${sql.raw(of)} limit 1) as sample`.execute(
    db,
  )
}
