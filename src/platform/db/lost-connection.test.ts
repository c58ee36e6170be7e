import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@latchkey/kit'
import { sql } from 'kysely'
import { Client } from 'pg'
import { engines } from '#test/harness/app.ts'
import { createDatabase, type TestDatabase } from '#test/harness/postgres.ts'
import { openPostgres } from './open-postgres.ts'
import { signalsOf } from './signals.ts'
import { DatabaseTrouble } from './trouble.ts'

const adminUrl = process.env.LATCHKEY_TEST_POSTGRES_URL ?? ''

/** Ends every connection to the database, as a restart of the server or an administrator does. */
const cutConnections = async (databaseUrl: string): Promise<number> => {
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    const { rowCount } = await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [new URL(databaseUrl).pathname.slice(1)],
    )
    return rowCount ?? 0
  } finally {
    await admin.end()
  }
}

describe('A lost PostgreSQL connection', { skip: !engines.includes('postgres') }, () => {
  let database: TestDatabase
  let db: Db
  const lost: string[] = []
  before(async () => {
    database = await createDatabase(adminUrl)
    db = openPostgres(database.url)
    signalsOf(db).listen({
      onTrouble: () => undefined,
      onLostConnection: (error) => lost.push(error.message),
    })
  })
  after(async () => {
    await db.destroy()
    await database.drop()
  })

  /** Without a listener of ours, Node would end the process of this test file with an uncaught `error` event. */
  it('fails the transaction that held it, and nothing else', async () => {
    await assert.rejects(
      db.transaction().execute(async (trx) => {
        await sql`select 1`.execute(trx)
        assert.equal(await cutConnections(database.url), 1)
        await sleep(100)
        await sql`select 1`.execute(trx)
      }),
      (error) => error instanceof DatabaseTrouble && error.kind === 'unreachable',
    )
    assert.equal(lost.length, 1, lost.join('\n'))
    const { rows } = await sql<{ one: number }>`select 1 as one`.execute(db)
    assert.equal(rows[0]?.one, 1)
  })

  it('is replaced when it was idle, and reported once', async () => {
    lost.length = 0
    await sql`select 1`.execute(db)
    assert.equal(await cutConnections(database.url), 1)
    await sleep(100)
    assert.equal(lost.length, 1, lost.join('\n'))
    const { rows } = await sql<{ one: number }>`select 1 as one`.execute(db)
    assert.equal(rows[0]?.one, 1)
  })
})
