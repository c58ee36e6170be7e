import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { event } from '@latchkey/kit'
import { sql } from 'kysely'
import { z } from 'zod'
import { engines } from '#test/harness/app.ts'
import { type Basis, openBasis, personActor, rowsOf } from '#test/harness/basis.ts'
import type { TrailTables } from './tables.ts'
import { contextDigest, entryHash } from './trail.ts'
import { trailHead, verifyTrail } from './verify-trail.ts'

const noticed = event({
  name: 'sample.noticed',
  code: 'sample:noticed',
  summary: 'Something was noticed',
  group: 'account',
  icon: 'person',
  data: z.object({ count: z.int() }),
})
type Row = TrailTables['audit_entries']

/** The first step of an attacker with all rights over the database. */
const dropGuards = async ({ db, engine }: Basis): Promise<void> => {
  if (engine === 'postgres')
    return void (await sql`drop trigger audit_entries_no_change on audit_entries`.execute(db))
  for (const act of ['update', 'delete', 'replace'])
    await sql`drop trigger ${sql.raw(`audit_entries_no_${act}`)}`.execute(db)
}

for (const engine of engines)
  describe(`the audit trail (${engine})`, () => {
    let basis: Basis
    const trail = () => basis.db.withTables<TrailTables>()
    const rows = (): Promise<Row[]> =>
      trail().selectFrom('audit_entries').selectAll().orderBy('seq').execute()
    const faults = async (head?: Awaited<ReturnType<typeof trailHead>>) =>
      (await verifyTrail(basis, head ?? undefined)).faults.map(
        ({ seq, fault }) => `${seq} ${fault}`,
      )
    const rewrite = async (row: Row): Promise<void> => {
      await trail().deleteFrom('audit_entries').where('seq', '=', row.seq).execute()
      await trail().insertInto('audit_entries').values(row).execute()
    }

    before(async () => {
      basis = await openBasis(engine)
    })
    after(() => basis?.stop())
    const fill = async (): Promise<void> => {
      const ctx = basis.as(personActor('usr_1'))
      for (let count = 1; count <= 6; count += 1) await ctx.announce(noticed, { count })
    }

    describe('as it is', () => {
      before(fill)
      test('verifies from the first entry to the noted head', async () => {
        const head = await trailHead(basis.db)
        assert.equal(head?.seq, 6)
        assert.deepEqual(await verifyTrail(basis, head ?? undefined), { entries: 6, faults: [] })
      })

      test('the database itself refuses changes and deletions', async () => {
        const acts = [
          trail().updateTable('audit_entries').set({ code: 'x' }).where('seq', '=', 2),
          trail().deleteFrom('audit_entries').where('seq', '=', 6),
          trail().deleteFrom('audit_entries'),
        ]
        for (const act of acts) await assert.rejects(act.execute(), /append-only/)
        if (engine === 'postgres')
          await assert.rejects(sql`truncate audit_entries`.execute(basis.db), /append-only/)
        assert.equal((await rows()).length, 6)
      })

      test('one row replaced by another in a single statement is refused as well', async () => {
        if (engine === 'postgres') return
        const [row] = await rows()
        const { code: _, ...rest } = row as Row
        const names = Object.keys({ ...rest, code: '' })
        const values = Object.values({ ...rest, code: 'x' })
        const replace = sql`insert or replace into audit_entries (${sql.join(names.map((name) => sql.ref(name)))}) values (${sql.join(values)})`
        await assert.rejects(replace.execute(basis.db), /append-only/)
      })
    })

    describe('in the hands of somebody with all rights', () => {
      before(() => dropGuards(basis))
      beforeEach(async () => {
        await trail().deleteFrom('audit_entries').execute()
        await trail().deleteFrom('audit_contexts').execute()
        await fill()
      })
      test('a changed row is found, whichever column it was (attack A108)', async () => {
        const original = (await rows())[2] as Row
        const changes: Partial<Row>[] = [
          { data: '{"count":99}' },
          { code: 'x' },
          { event: 'x' },
          { message: 'x' },
          { at: original.at - 1 },
          { user_id: 'usr_2' },
          { user_id: null },
          { actor_kind: 'system' },
          { actor_id: null },
          { target: 'x' },
          { result: 'failure' },
          { request_id: 'x' },
          { session_hash: null },
          { organisation_id: null },
          { id: 'act_x' },
        ]
        for (const change of changes) {
          await rewrite({ ...original, ...change })
          assert.deepEqual(await faults(), ['3 changed'], JSON.stringify(change))
          await rewrite(original)
        }
        assert.deepEqual(await faults(), [])
      })

      test('a changed address is found, and a deleted one is no fault: it may be, after its time', async () => {
        await trail()
          .updateTable('audit_contexts')
          .set({ address: '10.0.0.1' })
          .where('seq', '=', 4)
          .execute()
        assert.deepEqual(await faults(), ['4 context changed'])
        await trail().deleteFrom('audit_contexts').where('seq', '=', 4).execute()
        assert.deepEqual(await faults(), [])
      })

      test('a row deleted from the middle is found', async () => {
        await trail().deleteFrom('audit_entries').where('seq', '=', 3).execute()
        assert.deepEqual(await faults(), ['4 missing before this', '4 chain broken'])
      })

      test('a cut tail is found through the noted head', async () => {
        const head = await trailHead(basis.db)
        await trail().deleteFrom('audit_entries').where('seq', '>', 4).execute()
        assert.deepEqual(await faults(), [], 'without a head it is a shorter, sound trail')
        assert.deepEqual(await faults(head), ['5 the end is missing'])
      })

      test('two swapped rows are found', async () => {
        const [, second, third] = (await rows()) as [Row, Row, Row]
        await trail().deleteFrom('audit_entries').where('seq', 'in', [2, 3]).execute()
        for (const row of [
          { ...second, seq: 3 },
          { ...third, seq: 2 },
        ])
          await trail().insertInto('audit_entries').values(row).execute()
        const found = await faults()
        assert.ok(
          found.includes('2 changed') &&
            found.includes('3 changed') &&
            found.includes('4 chain broken'),
        )
      })

      test('an inserted row is found', async () => {
        const last = (await rows())[5] as Row
        await trail()
          .insertInto('audit_entries')
          .values({ ...last, seq: 7, id: 'act_new' })
          .execute()
        assert.deepEqual(await faults(), ['7 chain broken', '7 changed'])
      })

      test('a chain built anew without the key is found from its first entry', async () => {
        const forged = {
          version: () => Buffer.alloc(32, 7),
          current: () => ({ version: 1, secret: Buffer.alloc(32, 7) }),
        }
        let previous: Uint8Array = Buffer.alloc(32)
        for (const row of await rows()) {
          const bare = { ...row, prev_hash: previous, data: '{"count":0}' }
          previous = entryHash(forged, bare)
          await rewrite({ ...bare, hash: previous })
        }
        const found = await faults()
        for (let seq = 1; seq <= 6; seq += 1)
          assert.ok(found.includes(`${seq} changed`), `${seq} was believed`)
      })

      test('a chain cut and continued with the key is found through the noted head', async () => {
        const head = await trailHead(basis.db)
        await trail().deleteFrom('audit_entries').where('seq', '>', 5).execute()
        await trail().deleteFrom('audit_contexts').where('seq', '>', 5).execute()
        await basis.as(personActor('usr_1')).announce(noticed, { count: 60 })
        assert.deepEqual(await faults(), [])
        assert.deepEqual(await faults(head), ['6 differs from the noted head'])
      })

      test('an empty trail has no head and no fault', async () => {
        await trail().deleteFrom('audit_entries').execute()
        assert.equal(await trailHead(basis.db), null)
        assert.deepEqual(await verifyTrail(basis), { entries: 0, faults: [] })
      })

      test('the digest of an address cannot be made without the key', async () => {
        const [row] = await rowsOf(basis.db, 'audit_contexts')
        const context = { ...row, seq: Number(row?.seq) } as TrailTables['audit_contexts']
        const own = contextDigest(basis.keys, 1, context)
        assert.deepEqual(own, Buffer.from((await rows())[0]?.context_digest ?? []))
        const other = { ...basis.keys, version: () => Buffer.alloc(32, 1) }
        assert.notDeepEqual(contextDigest(other, 1, context), own)
      })
    })
  })
