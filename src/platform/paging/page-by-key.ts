import { type ReferenceExpression, type SelectQueryBuilder, sql } from 'kysely'

type KeyPage<Column> = {
  /** The order of the list, said once. The last column is unique: rows that are equal in all others keep one order. */
  readonly by: readonly Column[]
  readonly direction: 'asc' | 'desc'
  /** Values of `by` where the page before ended; null: from the beginning. */
  readonly after: readonly (string | number)[] | null
  readonly limit: number
}

/**
 * One page of an ordered list, and one row more, by which `pageOf` tells whether the list goes on. The place is one
 * comparison of rows (SQL:1999 §8.2, both engines have it): an index over `by` finds it without reading what lies before.
 */
export const pageByKey = <DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  { by, direction, after, limit }: KeyPage<ReferenceExpression<DB, TB> & string>,
): SelectQueryBuilder<DB, TB, O> => {
  if (after && after.length !== by.length)
    throw new Error('a place in a list has one value for each column of its order')
  const ordered = by.reduce((sorted, column) => sorted.orderBy(column, direction), query)
  if (!after) return ordered.limit(limit + 1)
  const columns = sql.join(by.map((column) => sql.ref(column)))
  const place = sql.join(after.map((value) => sql.val(value)))
  return ordered
    .where(
      direction === 'asc'
        ? sql<boolean>`(${columns}) > (${place})`
        : sql<boolean>`(${columns}) < (${place})`,
    )
    .limit(limit + 1)
}
