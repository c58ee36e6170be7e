import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { engines } from '#test/harness/app.ts'
import { type Basis, openBasis, rowsOf } from '#test/harness/basis.ts'
import { product } from '#test/harness/product.ts'
import { seal } from '../crypto/envelope.ts'
import { rotateKeys } from '../crypto/rotate.ts'
import { migrate } from '../db/migrate.ts'
import { letterKind, letterWork } from '../mail/letters.ts'
import { deleteOldWork, holdWork, readWork } from './follow.ts'
import { workOffDue } from './worker.ts'

const { migrations } = product
/** As it was before letters became work. */
const before = Object.fromEntries(
  Object.entries(migrations).filter(([name]) => name < '202612010230_work'),
)

const statuses = ['pending', 'retry', 'claimed', 'sent', 'dead', 'held'] as const

/** A row as the version before wrote it: sealed for the table `outbox`, in the column `payload`. */
const addLetter = async ({ ctx, db }: Basis, status: (typeof statuses)[number]): Promise<void> => {
  const id = ctx.random.id('out')
  const letter = { to: `${status}@example.com`, text: 'password:changed', values: { name: 'Ada' } }
  const place = { table: 'outbox', row: id, column: 'payload' }
  const payload = Buffer.from(await seal(ctx, place, JSON.stringify(letter)))
  const isOver = ['sent', 'dead', 'held'].includes(status)
  const isClaimed = status === 'claimed'
  const error = status === 'dead' || status === 'retry' ? 'Error: 451 later' : null
  await sql`
    insert into outbox (id, channel, status, priority, user_id, event, payload, attempts, available_at, claim_token,
      claimed_until, created_at, finished_at, last_error)
    values (${id}, 'mail', ${status}, 0, ${status === 'pending' ? null : 'usr_1'}, 'password.changed', ${payload},
      ${status === 'pending' ? 0 : 2}, ${ctx.now()}, ${isClaimed ? 'clm_1' : null},
      ${isClaimed ? ctx.now() + 60_000 : null}, ${ctx.now()}, ${isOver ? ctx.now() : null}, ${error})`.execute(
    db,
  )
}

const withOldLetters = async (
  engine: (typeof engines)[number],
  work: (basis: Basis) => Promise<void>,
): Promise<void> => {
  const basis = await openBasis(engine, { isMigrated: false })
  try {
    await migrate(basis.db, before, null)
    for (const status of statuses) await addLetter(basis, status)
    await migrate(basis.db, migrations, null)
    await work(basis)
  } finally {
    await basis.stop()
  }
}

for (const engine of engines)
  describe(`letters of the version before (${engine})`, () => {
    const deliver = async (basis: Basis): Promise<string[]> => {
      const given: string[] = []
      const send = async (_id: string, letter: { readonly to: string }) =>
        void given.push(letter.to)
      await workOffDue(basis.ctx, [letterWork({ send })])
      return given.sort()
    }

    test('leave as they would have, and only those that still had to', () =>
      withOldLetters(engine, async (basis) => {
        assert.deepEqual(await deliver(basis), ['pending@example.com', 'retry@example.com'])
        basis.clock.advance(60_001)
        assert.deepEqual(await deliver(basis), ['claimed@example.com'], 'its process is gone')
        const [letters] = await readWork(basis.ctx)
        assert.deepEqual(letters?.counts, { done: 4, failed: 1, held: 1 })
        await assert.rejects(rowsOf(basis.db, 'outbox'), 'the old table is left')
      }))

    test('keep their ids, their attempts and what was said of them', () =>
      withOldLetters(engine, async (basis) => {
        const rows = await rowsOf(basis.db, 'work')
        assert.ok(rows.every((row) => String(row.id).startsWith('out_')))
        const retry = rows.find((row) => row.last_error && row.state === 'waiting')
        assert.deepEqual([retry?.attempts, retry?.about], [2, 'password.changed'])
        const [kind] = new Set(rows.map((row) => row.kind))
        assert.equal(kind, letterKind.name)
      }))

    test('are held after a restore, opened after a rotation of the keys, and deleted after a week', () =>
      withOldLetters(engine, async (basis) => {
        const { ctx, dataDir } = basis
        const { keys } = await ctx.transaction((ctx) => rotateKeys(ctx, dataDir, ['encryption']))
        const given: string[] = []
        const send = async (id: string) => void given.push(id)
        await workOffDue({ ...ctx, keys }, [letterWork({ send })])
        assert.equal(given.length, 2)
        assert.equal(await holdWork(ctx, letterKind.name), 1)
        assert.equal(await holdWork(ctx), 0)
        basis.clock.advance(7 * 24 * 3600_000 + 1)
        await deleteOldWork(ctx)
        assert.deepEqual(await rowsOf(basis.db, 'work'), [])
      }))
  })
