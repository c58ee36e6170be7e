import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely'

/** Rows a statement deletes at most: SQLite answers no request meanwhile, PostgreSQL holds their locks. */
export const batchRowsMax = 500
const batchRowsMin = 20
/** A batch that took longer is followed by one of half its size: a disk may be slow and a row large. */
const longBatchMs = 15

type OldRows<Tables, Table extends keyof Tables & string> = {
  readonly from: Table
  /** Primary key. */
  readonly key: keyof Tables[Table] & string
  /** An index has to serve it: it is asked again for each batch. */
  readonly where: (where: ExpressionBuilder<Tables, Table>) => Expression<SqlBool>
  /** Stops between two batches. */
  readonly signal?: AbortSignal | undefined
}

type AnyTables = Record<string, Record<string, unknown>>

const nextRows = (rows: number, tookMs: number): number =>
  tookMs > longBatchMs ? Math.max(batchRowsMin, rows >> 1) : Math.min(batchRowsMax, rows << 1)

/**
 * Deletes all rows that match, a few hundred at a time, each batch in a transaction of its own. Between two, requests are
 * answered. Everything that repeats deletes through here: one statement over a grown table would stop the process for
 * seconds on SQLite and run into the time limit of a statement on PostgreSQL, after which nothing is ever deleted.
 *
 * Returns how many rows went.
 */
export const deleteRows = async <Tables, Table extends keyof Tables & string>(
  db: Kysely<Tables>,
  { from, key, where, signal }: OldRows<Tables, Table>,
): Promise<number> => {
  const tables = db as unknown as Kysely<AnyTables>
  const old = where as unknown as (
    where: ExpressionBuilder<AnyTables, string>,
  ) => Expression<SqlBool>
  let [deleted, rows] = [0, batchRowsMax]
  for (;;) {
    signal?.throwIfAborted()
    const startedAt = performance.now()
    const { numDeletedRows } = await tables
      .deleteFrom(from as string)
      .where(
        key as string,
        'in',
        tables
          .selectFrom(from as string)
          .select(key as string)
          .where(old)
          .limit(rows),
      )
      // Once more: a row that was renewed since the inner query found it stays.
      .where(old)
      .executeTakeFirst()
    deleted += Number(numDeletedRows)
    if (numDeletedRows === 0n) return deleted
    rows = nextRows(rows, performance.now() - startedAt)
    await nextTurn()
  }
}
