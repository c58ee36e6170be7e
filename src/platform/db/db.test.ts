import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Db } from '@latchkey/kit'
import { sql } from 'kysely'
import { onEachBasis, openBasis } from '#test/harness/basis.ts'
import { isDuplicate, lockInTransaction, ping } from './dialect.ts'
import { prepared } from './prepared.ts'

type Notes = { notes: { id: string; at: number; body: Uint8Array | null } }
const notes = (db: Db) => db.withTables<Notes>()
const countNotes = async (db: Db): Promise<number> =>
  (await notes(db).selectFrom('notes').select('id').execute()).length
const add = (db: Db, id: string, at = 1) =>
  notes(db)
    .insertInto('notes')
    .values({ id, at, body: Buffer.from([0, 255]) })
    .execute()
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

onEachBasis(
  'the database',
  (held) => {
    const db = (): Db => held.basis.db
    const clear = () => notes(db()).deleteFrom('notes').execute()

    test('keeps large numbers and bytes as they are', async () => {
      const body = held.basis.engine === 'sqlite' ? sql.raw('blob') : sql.raw('bytea')
      await sql`create table notes (id text primary key, at bigint not null, body ${body})`.execute(
        db(),
      )
      await add(db(), 'a', Number.MAX_SAFE_INTEGER)
      const row = await notes(db()).selectFrom('notes').selectAll().executeTakeFirstOrThrow()
      assert.equal(row.at, Number.MAX_SAFE_INTEGER)
      assert.deepEqual(Buffer.from(row.body ?? []), Buffer.from([0, 255]))
      await ping(db())
    })

    test('what a transaction wrote is seen inside it, and outside only after the commit', async () => {
      await clear()
      await db()
        .transaction()
        .execute(async (trx) => {
          await add(trx as Db, 'a')
          assert.equal(await countNotes(trx as Db), 1)
          assert.equal(await countNotes(db()), 0, 'an uncommitted row was seen')
        })
      assert.equal(await countNotes(db()), 1)
    })

    test('a transaction that fails leaves nothing', async () => {
      await clear()
      const failing = db()
        .transaction()
        .execute(async (trx) => {
          await add(trx as Db, 'a')
          throw new Error('changed my mind')
        })
      await assert.rejects(failing, /changed my mind/)
      assert.equal(await countNotes(db()), 0)
      await add(db(), 'b')
      assert.equal(await countNotes(db()), 1, 'the database is not usable afterwards')
    })

    test('a commit that fails is a rollback, and the next writer gets its turn', async () => {
      await clear()
      const failing = db()
        .transaction()
        .execute(async (trx) => {
          await add(trx as Db, 'a')
          await add(trx as Db, 'a')
        })
      await assert.rejects(failing, (error: unknown) => isDuplicate(error))
      await db()
        .transaction()
        .execute((trx) => add(trx as Db, 'b'))
      assert.equal(await countNotes(db()), 1)
    })

    test('a second row of the same key is told from other faults', async () => {
      await clear()
      await add(db(), 'a')
      await assert.rejects(add(db(), 'a'), (error: unknown) => isDuplicate(error))
      await assert.rejects(
        sql`select * from nowhere`.execute(db()),
        (error: unknown) => !isDuplicate(error),
      )
      assert.equal(isDuplicate(null), false)
      assert.equal(isDuplicate(new Error('UNIQUE constraint failed')), false)
    })

    test('twenty writers at once lose no change', async () => {
      await clear()
      await add(db(), 'counter', 0)
      const raise = () =>
        db()
          .transaction()
          .execute(async (trx) => {
            await lockInTransaction(trx as Db, 42)
            const { at } = await notes(trx as Db)
              .selectFrom('notes')
              .select('at')
              .executeTakeFirstOrThrow()
            await pause(1)
            await notes(trx as Db)
              .updateTable('notes')
              .set({ at: at + 1 })
              .execute()
          })
      await Promise.all(Array.from({ length: 20 }, raise))
      const row = await notes(db()).selectFrom('notes').select('at').executeTakeFirstOrThrow()
      assert.equal(row.at, 20)
    })

    test('a returning statement outside a transaction writes', async () => {
      await clear()
      await add(db(), 'a')
      const rows = await notes(db()).updateTable('notes').set({ at: 9 }).returning('at').execute()
      assert.deepEqual(
        rows.map(({ at }) => at),
        [9],
      )
      const gone = await notes(db()).deleteFrom('notes').executeTakeFirstOrThrow()
      assert.equal(gone.numDeletedRows, 1n)
    })

    test('a prepared query is built once and takes its values each time', async () => {
      await clear()
      for (const [index, id] of ['a', 'b', 'c'].entries()) await add(db(), id, index)
      let built = 0
      const find = prepared<[string, number], { id: string; at: number }>(2, (db, [id, least]) => {
        built += 1
        return notes(db)
          .selectFrom('notes')
          .select(['id', 'at'])
          .where('at', '>=', least)
          .where('id', '=', id)
          .where('at', '<', 100)
      })
      const found = async (id: string, least: number): Promise<string[]> =>
        (await find(db(), id, least)).map((row) => `${row.id} ${row.at}`)
      assert.deepEqual(await found('b', 0), ['b 1'])
      assert.deepEqual(await found('c', 2), ['c 2'])
      assert.deepEqual(await found('a', 1), [])
      assert.deepEqual(await found("' or 1=1 --", 0), [])
      assert.equal(built, 1)
      await db()
        .transaction()
        .execute(async (trx) => {
          await add(trx as Db, 'd', 7)
          assert.equal((await find(trx as Db, 'd', 0))[0]?.at, 7)
        })
    })
  },
  { isMigrated: false },
)

test('SQLite: a writer waits for the one before it, a reader for nobody', async () => {
  const basis = await openBasis('sqlite', { isMigrated: false })
  try {
    await sql`create table notes (id text primary key, at bigint, body blob)`.execute(basis.db)
    const order: string[] = []
    let release: () => void = () => undefined
    const open = new Promise<void>((resolve) => {
      release = resolve
    })
    const first = basis.db.transaction().execute(async (trx) => {
      await add(trx as Db, 'a')
      await open
      order.push('first')
    })
    const second = add(basis.db, 'b').then(() => order.push('second'))
    await pause(10)
    assert.equal(await countNotes(basis.db), 0)
    order.push('read')
    release()
    await Promise.all([first, second])
    assert.deepEqual(order, ['read', 'first', 'second'])
  } finally {
    await basis.stop()
  }
})

test('SQLite: settings that the promises rest on are really set', async () => {
  const basis = await openBasis('sqlite', { isMigrated: false })
  try {
    const pragma = (trx: Db, name: string) =>
      sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(trx)
    const read = async (name: string): Promise<unknown> =>
      basis.db.transaction().execute(async (trx) => {
        const { rows } = await pragma(trx as Db, name)
        return Object.values(rows[0] ?? {})[0]
      })
    assert.equal(await read('journal_mode'), 'wal')
    assert.equal(await read('synchronous'), 2, 'FULL: a lost commit revives a revoked session')
    assert.equal(await read('foreign_keys'), 1)
    assert.equal(await read('busy_timeout'), 0, 'a wait asleep would stop the thread that answers')
  } finally {
    await basis.stop()
  }
})

test('SQLite: two processes writing at once wait for each other instead of failing', async () => {
  const basis = await openBasis('sqlite', { isMigrated: false })
  try {
    await sql`create table notes (id text primary key, at bigint, body blob)`.execute(basis.db)
    const other = basis.openAgain()
    await sql`select 1`.execute(other)
    const writes = Array.from({ length: 40 }, (_, index) =>
      add(index % 2 ? basis.db : other, `n${index}`),
    )
    await Promise.all(writes)
    assert.equal(await countNotes(other), 40)
  } finally {
    await basis.stop()
  }
})
