import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Db, Migrations } from '@latchkey/kit'
import { sql } from 'kysely'
import { collectMigrations, MigrationProblem, migrate } from '#platform/db/migrate.ts'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import { engines } from '#test/harness/app.ts'
import { type Basis, openBasis, rowsOf } from '#test/harness/basis.ts'
import { product } from '#test/harness/product.ts'
import { compareWithLock, readLock, recordMigrations } from '../scripts/freeze-migrations.ts'

const { migrations } = product

const one: Migrations = {
  '202601010000_one': (db) => db.schema.createTable('one').addColumn('id', 'text').execute(),
}
const two: Migrations = {
  ...one,
  '202601010001_two': (db) => db.schema.createTable('two').addColumn('id', 'text').execute(),
}

const withEmpty = async (
  engine: (typeof engines)[number],
  work: (basis: Basis) => Promise<void>,
): Promise<void> => {
  const basis = await openBasis(engine, { isMigrated: false })
  try {
    await work(basis)
  } finally {
    await basis.stop()
  }
}

describe('released migrations', () => {
  test('do today what they did when they were frozen; new ones are frozen with npm run freeze', async () => {
    const found = compareWithLock(readLock(), await recordMigrations(migrations))
    assert.deepEqual(found, { changed: [], gone: [], fresh: [] })
  })

  test('the comparison sees a change, a loss and an addition, on either engine', async () => {
    const lock = await recordMigrations(two)
    const { '202601010000_one': first, ...rest } = two
    assert.deepEqual(compareWithLock(lock, await recordMigrations(rest)).gone, ['202601010000_one'])
    const more = { ...two, '202601010002_three': async () => undefined }
    assert.deepEqual(compareWithLock(lock, await recordMigrations(more)).fresh, [
      '202601010002_three',
    ])
    const onOneEngine: Migrations = {
      ...two,
      '202601010001_two': async (db, columns) => {
        const type = columns.secret === 'bytea' ? 'integer' : 'text'
        await db.schema.createTable('two').addColumn('id', type).execute()
      },
    }
    assert.deepEqual(compareWithLock(lock, await recordMigrations(onOneEngine)).changed, [
      '202601010001_two',
    ])
    assert.ok(first)
  })

  test('are named by the minute they were written and by what they are about, once', () => {
    assert.throws(() => collectMigrations([{ one: async () => undefined }]), /must look like/)
    assert.throws(() => collectMigrations([one, one]), /exists twice/)
  })
})

for (const engine of engines)
  describe(`bringing a database up to date (${engine})`, () => {
    test('a second time changes nothing', () =>
      withEmpty(engine, async ({ db, dataDir }) => {
        const first = await migrate(db, migrations, dataDir)
        assert.deepEqual([...first.applied].sort(), Object.keys(migrations).sort())
        assert.deepEqual(await migrate(db, migrations, dataDir), { applied: [], copy: null })
      }))

    // Two SQLite handles of one process would wait for each other in one thread; processes of their own are below.
    if (engine === 'postgres')
      test('two at once on an empty database both succeed, and each migration runs once', () =>
        withEmpty(engine, async ({ openAgain }) => {
          const handles = [openAgain(), openAgain()]
          const done = await Promise.all(handles.map((db) => migrate(db, migrations, null)))
          const applied = done.flatMap((each) => each.applied)
          assert.deepEqual(applied.sort(), Object.keys(migrations).sort())
        }))

    test('a database that a newer version has used is left alone, with a sentence about what to do', () =>
      withEmpty(engine, async ({ db, dataDir }) => {
        await migrate(db, two, dataDir)
        await assert.rejects(migrate(db, one, dataDir), (error: unknown) => {
          assert.ok(error instanceof MigrationProblem)
          assert.match(
            error.message,
            /used by a newer version\. Start that version again, or restore a copy/,
          )
          return true
        })
        assert.equal((await rowsOf(db, 'two')).length, 0)
      }))

    test('a migration that fails leaves nothing of itself, nor of those before it in the same run', () =>
      withEmpty(engine, async ({ db }) => {
        await migrate(db, one, null)
        const broken: Migrations = {
          ...two,
          '202601010002_broken': async (inner) => {
            await inner.schema.createTable('three').addColumn('id', 'text').execute()
            throw new Error('half way')
          },
        }
        await assert.rejects(migrate(db, broken, null), /nothing was changed\. half way/)
        for (const table of ['two', 'three'])
          await assert.rejects(rowsOf(db, table), `${table} was left behind`)
        assert.deepEqual((await migrate(db, two, null)).applied, ['202601010001_two'])
      }))

    test('one that is older by name than what is there is still run: modules are written side by side', () =>
      withEmpty(engine, async ({ db }) => {
        const { '202601010001_two': later } = two
        await migrate(db, { '202601010001_two': later } as Migrations, null)
        assert.deepEqual((await migrate(db, two, null)).applied, ['202601010000_one'])
      }))
  })

describe('the copy before an upgrade', () => {
  const openCopy = async <T>(path: string, work: (db: Db) => Promise<T>): Promise<T> => {
    const db = openSqlite(path)
    try {
      return await work(db)
    } finally {
      await db.destroy()
    }
  }

  test('is made when there is something to lose, is whole, and holds what was there before', () =>
    withEmpty('sqlite', async ({ db, dataDir }) => {
      assert.equal((await migrate(db, one, dataDir)).copy, null, 'an empty database needs none')
      await sql`insert into one (id) values ('kept')`.execute(db)
      const { copy } = await migrate(db, two, dataDir)
      assert.ok(copy && existsSync(copy))
      await openCopy(copy, async (old) => {
        assert.deepEqual(
          (await rowsOf(old, 'one')).map(({ id }) => id),
          ['kept'],
        )
        await assert.rejects(rowsOf(old, 'two'))
        const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(old)
        assert.equal(rows[0]?.integrity_check, 'ok')
        assert.deepEqual((await migrate(old, two, null)).applied, ['202601010001_two'])
      })
      const made = readdirSync(dataDir).filter((name) => name.startsWith('before-migration-'))
      assert.equal(made.filter((name) => name.endsWith('.db')).length, 1)
    }))
})

test('four processes starting at once on an empty folder agree', () =>
  withEmpty('sqlite', async ({ dataDir }) => {
    const path = JSON.stringify(join(dataDir, 'together.db'))
    const script = `import { createBuiltInProduct } from '#product'
      import { migrate } from '#platform/db/migrate.ts'
      import { openSqlite } from '#platform/db/open-sqlite.ts'
      const { migrations } = createBuiltInProduct()
      const db = openSqlite(${path})
      process.stdout.write(String((await migrate(db, migrations, null)).applied.length))
      await db.destroy()`
    const cwd = join(import.meta.dirname, '..')
    const run = () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd })
    const counts = (await Promise.all([run(), run(), run(), run()])).map(({ stdout }) =>
      Number(stdout),
    )
    assert.deepEqual(
      counts.sort((a, b) => b - a),
      [Object.keys(migrations).length, 0, 0, 0],
    )
  }))
