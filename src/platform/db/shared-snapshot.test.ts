import assert from 'node:assert/strict'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '@latchkey/kit'
import { sql } from 'kysely'
import { onEachBasis, openBasis } from '#test/harness/basis.ts'
import { prepared, sharingReads } from './prepared.ts'
import { SharedSnapshot } from './shared-snapshot.ts'

type Notes = { notes: { id: string; at: number } }
const notes = (db: Db) => db.withTables<Notes>()

const findAt = prepared(1, (db, [id]: readonly [string]) =>
  notes(db).selectFrom('notes').select('at').where('id', '=', id),
)
/** Reads as a request does that has just arrived. */
const at = async (db: Db): Promise<number | undefined> => {
  sharingReads(db)()
  return (await findAt(db, 'a'))[0]?.at
}
const set = (db: Db, to: number) => notes(db).updateTable('notes').set({ at: to }).execute()

const fill = async (db: Db): Promise<void> => {
  await sql`create table notes (id text primary key, at bigint)`.execute(db)
  await notes(db).insertInto('notes').values({ id: 'a', at: 0 }).execute()
}

onEachBasis(
  'reads that share a state of the database',
  (held) => {
    test('see every change of this process with the very next read', async () => {
      const { db } = held.basis
      await fill(db)
      for (let change = 1; change <= 50; change++) {
        await at(db)
        await set(db, change)
        assert.equal(await at(db), change)
        await db.transaction().execute((trx) => set(trx as Db, -change))
        assert.equal(await at(db), -change)
      }
    })

    test('see nothing of a transaction that is undone', async () => {
      const { db } = held.basis
      const before = await at(db)
      const undone = db.transaction().execute(async (trx) => {
        await set(trx as Db, 1000)
        assert.equal(await at(db), before)
        throw new Error('changed my mind')
      })
      await assert.rejects(undone, /changed my mind/)
      assert.equal(await at(db), before)
    })

    test('see one state together, and the change of another process by the next turn', async () => {
      const { db } = held.basis
      const other = held.basis.openAgain()
      for (let change = 1; change <= 20; change++) {
        await at(db)
        await set(other, change)
        await nextTurn()
        assert.equal(await at(db), change)
      }
    })
  },
  { isMigrated: false },
)

test('SQLite: those of one turn do share it, and what no request asked for shares with nobody', async () => {
  const basis = await openBasis('sqlite', { isMigrated: false })
  try {
    const { db } = basis
    const other = basis.openAgain()
    await fill(db)
    const quiet = async () => (await findAt(db, 'a'))[0]?.at
    assert.equal(await quiet(), 0)
    await set(other, 1)
    assert.equal(await quiet(), 1)
    assert.equal(await at(db), 1)
    await set(other, 2)
    assert.deepEqual([await at(db), await quiet()], [1, 1])
    await nextTurn()
    assert.deepEqual([await quiet(), await at(db)], [2, 2])
  } finally {
    await basis.stop()
  }
})

/** More than the system names at a time (1024): the rest is asked for in the same turn. */
const crowdSize = 1400

test('SQLite: when more speak in one instant than are heard at a time, the later ones share no older state', async () => {
  const basis = await openBasis('sqlite', { isMigrated: false })
  const { db } = basis
  const other = basis.openAgain()
  await fill(db)
  const heard: Promise<number | undefined>[] = []
  const crowd: Socket[] = []
  const accepted: Socket[] = []
  const everybody = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    accepted.push(socket)
    socket.once('data', () => {
      heard.push(at(db))
      if (heard.length === 500) void set(other, 1)
      if (heard.length === crowdSize) everybody.resolve()
    })
  }).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    for (let index = 0; index < crowdSize; index++) {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      crowd.push(socket)
    }
    while (accepted.length < crowdSize) await nextTurn()
    for (const socket of crowd) socket.write('x')
    await everybody.promise
    const seen = await Promise.all(heard)
    assert.deepEqual([seen[0], seen.at(-1)], [0, 1])
    assert.equal(seen[700], 0, 'those heard together shared a state')
  } finally {
    for (const socket of [...crowd, ...accepted]) socket.destroy()
    server.close()
    await basis.stop()
  }
})

test('SQLite: who has read holds nobody up: the log can be emptied a turn later', async () => {
  const basis = await openBasis('sqlite', { isMigrated: false })
  try {
    const { db } = basis
    await fill(db)
    await at(db)
    await set(db, 1)
    await at(db)
    await nextTurn()
    const emptied = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db)
    assert.equal(emptied.rows[0]?.busy, 0)
  } finally {
    await basis.stop()
  }
})

test('SQLite: the log stays as small as ever, however many read and write in one turn', async () => {
  const basis = await openBasis('sqlite', { isMigrated: false })
  try {
    const { db, dataDir } = basis
    await fill(db)
    await sql`create table pages (id text primary key, body text)`.execute(db)
    await sql`insert into pages values ('a', '')`.execute(db)
    // Another letter each time: pages that stay as they are are not written.
    const write = (on: Db, change: number) =>
      sql`update pages set body = ${String.fromCharCode(97 + (change % 26)).repeat(64_000)}`.execute(
        on,
      )
    for (let change = 0; change < 200; change++) {
      await at(db)
      if (change % 2 === 0) await write(db, change)
      else await db.transaction().execute((trx) => write(trx as Db, change))
      if (change % 5 === 0) await nextTurn()
    }
    const { size } = statSync(join(dataDir, 'latchkey.db-wal'))
    assert.ok(size < 6_000_000, `${(size / 1e6).toFixed(1)} MB for one row of 64 kB`)
  } finally {
    await basis.stop()
  }
})

test('SQLite: a state that ended by itself, as after a fault of the disk, is no fault for those who come after', async () => {
  const reader = new DatabaseSync(':memory:')
  const snapshot = new SharedSnapshot(reader)
  const read = (): unknown => {
    snapshot.share()
    snapshot.enter()
    return reader.prepare('select 1 as one').get()?.one
  }
  assert.equal(read(), 1)
  reader.exec('rollback')
  assert.equal(read(), 1)
  await nextTurn()
  assert.equal(read(), 1)
  assert.equal(reader.isTransaction, true, 'shared again')
  await nextTurn()
  reader.close()
})

test('SQLite: closing right after a read leaves no error behind', async () => {
  const basis = await openBasis('sqlite', { isMigrated: false })
  await fill(basis.db)
  await at(basis.db)
  await basis.stop()
  await nextTurn()
})
