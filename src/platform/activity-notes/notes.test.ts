import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config, Db } from '@latchkey/kit'
import { sql } from 'kysely'
import { onEachBasis } from '#test/harness/basis.ts'
import { skipLocked } from '../db/dialect.ts'
import { noteLater, openNotes, waitingNoteAt, writeNotes } from './notes.ts'

type Tables = { used: { id: string; at: number } }

const tables = (db: Db) => db.withTables<Tables>()

const write = (id: string, at: number) => (db: Db) =>
  tables(db)
    .updateTable('used')
    .set({ at })
    .where(
      'id',
      'in',
      skipLocked(db, tables(db).selectFrom('used').select('id').where('id', '=', id)),
    )
    .execute()

onEachBasis('notes of activity', (held) => {
  const note = (id: string, at: number): void =>
    noteLater(held.basis.db, { of: `used ${id}`, at, write: write(id, at) })
  const atOf = async (id: string): Promise<number> => {
    const row = await tables(held.basis.db)
      .selectFrom('used')
      .select('at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return Number(row.at)
  }

  test('are kept in memory, the newest of each, until they are written together', async () => {
    const { db } = held.basis
    await sql`create table used (id text primary key, at bigint not null)`.execute(db)
    const ids = Array.from({ length: 250 }, (_, index) => `s${index}`)
    await tables(db)
      .insertInto('used')
      .values(ids.map((id) => ({ id, at: 0 })))
      .execute()
    openNotes(held.basis.services)
    for (const at of [1, 2, 3]) for (const id of ids) note(id, at)
    assert.equal(await atOf('s7'), 0, 'nothing was written yet')
    assert.equal(waitingNoteAt(db, 'used s7'), 3)
    await writeNotes(db)
    assert.equal(waitingNoteAt(db, 'used s7'), 0)
    const { rows } = await sql<{
      rows: number
    }>`select count(*) as rows from used where at = 3`.execute(db)
    assert.equal(Number(rows[0]?.rows), 250)
  })

  test('are written by themselves after the time that is set', async () => {
    const config = { read: () => ({ everySeconds: 0.05 }) } as unknown as Config
    openNotes({ ...held.basis.services, config })
    note('s1', 9)
    for (let wait = 0; wait < 100 && (await atOf('s1')) !== 9; wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(await atOf('s1'), 9)
  })

  test('that cannot be written are said to be lost, and later ones are not', async () => {
    const { db, logLines } = held.basis
    openNotes(held.basis.services)
    noteLater(db, { of: 'broken', at: 1, write: async () => Promise.reject(new Error('disk')) })
    await writeNotes(db)
    assert.match(logLines.join('\n'), /notes of activity were lost/)
    note('s2', 11)
    await writeNotes(db)
    assert.equal(await atOf('s2'), 11)
  })

  test('are bounded: what comes beyond is noted at its next use', async () => {
    openNotes(held.basis.services)
    for (let index = 0; index < 10_001; index += 1) note(`none${index}`, 1)
    assert.equal(waitingNoteAt(held.basis.db, 'used none9999'), 1)
    assert.equal(waitingNoteAt(held.basis.db, 'used none10000'), 0)
    openNotes(held.basis.services)
  })

  test('do not wait for a row that is held by a request', async () => {
    if (held.basis.engine === 'sqlite') return
    const { db } = held.basis
    await db.transaction().execute(async (trx) => {
      await tables(trx as unknown as Db)
        .updateTable('used')
        .set({ at: 20 })
        .where('id', '=', 's3')
        .execute()
      note('s3', 21)
      note('s4', 22)
      await writeNotes(db)
      assert.equal(await atOf('s4'), 22)
    })
    assert.equal(await atOf('s3'), 20)
  })
})
