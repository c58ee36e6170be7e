import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Db } from '@latchkey/kit'
import { CompiledQuery, type KyselyPlugin } from 'kysely'
import { listTokens } from '#modules/access-tokens/store.ts'
import { listEntries } from '#modules/activity/store.ts'
import { listInvitations } from '#modules/invitations/store.ts'
import { listPeople } from '#modules/people/store.ts'
import { listOpenSessions } from '#modules/sessions/store.ts'
import { listSshKeys } from '#modules/ssh-keys/store.ts'
import { pageByKey } from '#platform/paging/page-by-key.ts'
import { type Engine, engines, startApp, type TestApp } from './harness/app.ts'

const after1 = { at: 1_795_000_000_000, id: 'x' }
const userId = 'usr_1'
const organisationId = 'org_1'
const limit = 20

/** Every list that pages by key, in the middle; with the index that has to find the place. */
const lists: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
  sessions_by_person: (db) => listOpenSessions(db, { userId, liveAt: 1, after: after1, limit }),
  ssh_keys_by_person: (db) => listSshKeys(db, { userId, after: after1, limit }),
  invitations_by_time: (db) => listInvitations(db, { organisationId, after: after1, limit }),
  people_by_name: (db) => listPeople(db, { organisationId, after: { name: 'M', id: 'x' }, limit }),
  access_tokens_by_person: (db) =>
    listTokens(db, { userId, state: 'active', now: 2, endedSince: 1, after: 'tok_1', limit }),
  audit_entries_user: (db) => listEntries(db, { userId, beforeSeq: 17, limit }),
}

/** PostgreSQL does not see that `ended_at is null` leaves one value, and sorts what a person has open: a few rows. */
const isSorted = (engine: Engine, index: string): boolean =>
  engine === 'postgres' && index === 'sessions_by_person'

/** The query a store function builds, as the engine is told it. */
const queryOf = async (db: Db, list: (db: Db) => Promise<unknown>): Promise<CompiledQuery> => {
  const seen: CompiledQuery[] = []
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      seen.push(db.getExecutor().compileQuery(node, queryId))
      return node
    },
    transformResult: async ({ result }) => result,
  }
  await list(db.withPlugin(plugin))
  assert.equal(seen.length, 1)
  return seen[0] as CompiledQuery
}

const prefixes: Readonly<Record<Engine, string>> = {
  sqlite: 'explain query plan ',
  postgres: 'explain ',
}

const planOf = async (app: TestApp, query: CompiledQuery): Promise<string> =>
  app.db.connection().execute(async (db) => {
    // Few rows are read faster without an index; whether one would serve is what is asked here.
    if (app.engine === 'postgres')
      for (const way of ['seqscan', 'bitmapscan', 'sort'])
        await db.executeQuery(CompiledQuery.raw(`set enable_${way} = off`))
    const { sql, parameters } = query
    const { rows } = await db.executeQuery(
      CompiledQuery.raw(prefixes[app.engine] + sql, [...parameters]),
    )
    return rows.map((row) => Object.values(row as object).join(' ')).join('\n')
  })

for (const engine of engines)
  describe(`lists that page by key, on ${engine}`, () => {
    let app: TestApp
    before(async () => {
      app = await startApp({ engine })
    })
    after(() => app.stop())

    for (const [index, list] of Object.entries(lists))
      test(`an index finds the place and gives the order: ${index}`, async () => {
        const plan = await planOf(app, await queryOf(app.db, list))
        assert.match(
          plan,
          new RegExp(`using (covering )?index ${index}|index scan.* ${index}`, 'i'),
        )
        assert.equal(/temp b-tree|\bsort\b/i.test(plan), isSorted(engine, index), plan)
      })

    test('a list in a wrong order is found out', async () => {
      const byAddress = (db: Db) =>
        pageByKey(
          db
            .withTables<{ invitations: { role: string; id: string } }>()
            .selectFrom('invitations')
            .selectAll(),
          { by: ['role', 'id'], direction: 'desc', after: ['member', 'x'], limit },
        ).execute()
      const plan = await planOf(app, await queryOf(app.db, byAddress))
      assert.match(plan, /temp b-tree|\bsort\b/i)
    })

    test('a place has one value for each column of the order', () => {
      const query = app.db
        .withTables<{ people: { name: string; id: string } }>()
        .selectFrom('people')
      assert.throws(() =>
        pageByKey(query, { by: ['name', 'id'], direction: 'asc', after: ['M'], limit }),
      )
    })
  })
