import type { Db } from '@latchkey/kit'
import { type Compilable, type CompiledQuery, SelectQueryNode } from 'kysely'
import type { ReadsInPlace } from './sqlite-driver.ts'

type Slots<Args extends readonly unknown[]> = { readonly [K in keyof Args]: Args[K] }

const isEmbedded = (adapter: object): adapter is ReadsInPlace => 'readInPlace' in adapter

/** To be called where requests arrive: those of one turn of the event loop then read one state (decision 0027). */
export const sharingReads = (db: Db): (() => void) => {
  const { adapter } = db.getExecutor()
  return isEmbedded(adapter) ? () => adapter.shareReads() : () => undefined
}

/** Outside a transaction: inside one, what it wrote must be seen too. */
const readsInPlace = (db: Db, adapter: object, query: CompiledQuery): adapter is ReadsInPlace =>
  isEmbedded(adapter) && !db.isTransaction && SelectQueryNode.is(query.query)

/**
 * A query for the hot path: built once per engine, then only its parameters change.
 * Building costs about 40 µs, running it 5: measured, so who-is-it, verify and badge go through here.
 *
 * `build` gets one stand-in per argument and must use each as a plain value.
 */
export const prepared = <Args extends readonly unknown[], Row>(
  argCount: Args['length'],
  build: (db: Db, slots: Slots<Args>) => Compilable<Row>,
): ((db: Db, ...args: Args) => Promise<readonly Row[]>) => {
  const stands = Array.from({ length: argCount }, (_, slot) => ({ slot }))
  const kept = new WeakMap<
    object,
    { query: CompiledQuery<Row>; order: readonly (number | null)[] }
  >()
  return async (db, ...args) => {
    const { adapter } = db.getExecutor()
    let plan = kept.get(adapter)
    if (!plan) {
      const query = build(db, stands as unknown as Slots<Args>).compile()
      const order = query.parameters.map((value) => {
        const slot = stands.indexOf(value as (typeof stands)[number])
        return slot === -1 ? null : slot
      })
      plan = { query, order }
      kept.set(adapter, plan)
    }
    const { query, order } = plan
    const parameters = order.map((slot, index) =>
      slot === null ? query.parameters[index] : args[slot],
    )
    if (readsInPlace(db, adapter, query)) {
      const rows = adapter.readInPlace<Row>(query.sql, parameters)
      if (rows !== null) return rows
    }
    const result = await db.executeQuery<Row>({ ...query, parameters })
    return result.rows
  }
}

/** The same for a query that takes one record, e.g. a row to insert: built once for each set of fields it is given. */
export const preparedRecord = <Fields extends object, Row>(
  build: (db: Db, slots: Fields) => Compilable<Row>,
): ((db: Db, fields: Fields) => Promise<readonly Row[]>) => {
  type Run = (db: Db, ...values: readonly unknown[]) => Promise<readonly Row[]>
  const kept = new Map<string, Run>()
  return (db, fields) => {
    const names = Object.keys(fields)
    const key = names.join()
    const run: Run =
      kept.get(key) ??
      prepared<readonly unknown[], Row>(names.length, (db, slots) =>
        build(db, Object.fromEntries(names.map((name, slot) => [name, slots[slot]])) as Fields),
      )
    kept.set(key, run)
    return run(db, ...Object.values(fields))
  }
}
