import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import type { TableFixture } from '@latchkey/kit'
import { sql } from 'kysely'
import { listTables } from '#platform/db/copy-rows.ts'
import { engines, type TestApp } from '#test/harness/app.ts'
import { folders } from '#test/harness/cli.ts'
import type { Browser } from '#test/harness/client.ts'
import { addApp, codeAt } from '#test/harness/factors.ts'
import type { Person } from '#test/harness/people.ts'
import { product } from '#test/harness/product.ts'
import type { ServerProcess } from '#test/harness/server-process.ts'
import { asFixturePerson, createDriver } from '#test/sweep/driver.ts'
import { loadFixtures, placeFor } from '#test/sweep/module-fixtures.ts'
import { backupOf, isIn, joinByLink, Place, password, setUpOwner } from './installation.ts'

const newFolder = folders()

/** The tables of the platform. Those of a module stand in `tables` of its fixtures. */
const platformTables: Readonly<Record<string, TableFixture>> = {
  one_time_tokens: {
    ...{ restored: 'ended', aliveWhere: 'consumed_at is null' },
    leave: async () => undefined,
  },
  work: {
    ...{ restored: 'ended', aliveWhere: "state in ('waiting', 'running')" },
    leave: async () => undefined,
  },
  installation: { restored: 'kept', because: 'which key file this is, and that it is set up' },
  data_keys: { restored: 'kept', because: 'they open what is sealed' },
  guesses: { restored: 'kept', because: 'counts of wrong guesses only ever protect' },
  audit_entries: { restored: 'kept', because: 'the trail' },
  audit_contexts: { restored: 'kept', because: 'the trail' },
  idempotency_keys: {
    restored: 'kept',
    because: 'an answer stands beside the change it tells of, and both come back',
  },
  jobs: {
    restored: 'kept',
    because: 'when each was last done; what is overdue is done after the start',
  },
  migrations: { restored: 'kept', because: 'the migrator’s own' },
  migrations_lock: { restored: 'kept', because: 'the migrator’s own' },
}

const all = await loadFixtures(product.modules)

const tables: Readonly<Record<string, TableFixture>> = Object.assign(
  {},
  platformTables,
  ...[...all.values()].map((fixtures) => fixtures.tables ?? {}),
)

/** Which module creates a table. */
const creatorOf = (table: string): string =>
  product.modules.find(({ migrations = {} }) =>
    Object.values(migrations).some((run) => String(run).includes(`'${table}'`)),
  )?.name ?? 'of the platform, in this file,'

const aliveIn = Object.entries(tables).flatMap(([table, one]) =>
  one.restored === 'ended' ? [[table, one.aliveWhere] as const] : [],
)

const countAlive = (file: string): Record<string, number> => {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    return Object.fromEntries(
      aliveIn.map(([table, condition]) => {
        const row = db.prepare(`select count(*) as rows from ${table} where ${condition}`).get()
        return [table, Number(row?.rows)]
      }),
    )
  } finally {
    db.close()
  }
}

const personAt = async (browser: Browser): Promise<Person> => {
  const { userId, email } = (await browser.do('account.me')).body
  return { browser, email, password, userId }
}

const unavailable = (): never => {
  throw new Error('a fixture of a table cannot do this: the server is another process')
}

/** A row of every kind that must not live twice, as its module's fixtures make it. */
const leaveOneOfEach = async (
  server: ServerProcess,
  { ada, bob }: Readonly<Record<'ada' | 'bob', Browser>>,
): Promise<void> => {
  const driver = createDriver({
    get db() {
      return unavailable()
    },
    ...{ all, url: server.url, clock: { now: Date.now, advance: unavailable } },
    ...{ newBrowser: server.newBrowser, owner: () => personAt(ada), newcomer: unavailable },
    ...{ program: unavailable, command: unavailable, job: unavailable, mailedToken: unavailable },
  })
  const person = asFixturePerson(await personAt(bob))
  for (const one of Object.values(tables))
    if (one.restored === 'ended') await one.leave(driver, person)
}

const clockOnly = { clock: { now: Date.now } } as unknown as TestApp

for (const engine of engines)
  describe(`A backup that is brought back (${engine}, attack A110)`, () => {
    let place: Place
    let [ada, bob, waiting]: Browser[] = []
    let [backup, usedCode, link] = ['', '', '']
    let [keptToken, deadToken, deadKey] = ['', '', '']

    before(async () => {
      place = await Place.make(engine, newFolder())
      const server = await place.start()
      ada = await setUpOwner(server)
      bob = await joinByLink(place, server, 'Bob')
      await joinByLink(place, server, 'Cy')
      const phone = await addApp(clockOnly, bob)
      usedCode = codeAt(phone.secret, Date.now())
      waiting = server.newBrowser()
      const half = await waiting.do('sign-in.start', { email: 'bob@example.com', password })
      assert.equal(half.body.next, 'second-factor')
      await leaveOneOfEach(server, { ada, bob })
      ;[keptToken = '', deadToken = ''] = await Promise.all(
        ['kept', 'dead'].map(async (name) => {
          const created = await ada?.do('access-tokens.create', { name, scopes: [] })
          return String(created?.body.token)
        }),
      )
      deadKey = String((await ada.do('api-key.create')).body.key)
      const made = await place.run('user', 'create', '--email', 'eve@example.com', '--json')
      link = made.json().link
      await place.stop()
      // No server runs that could send it: it waits in the backup.
      await place.run('user', 'create', '--email', 'dot@example.com', '--invite')
      backup = await backupOf(place, newFolder())
    })
    after(() => place?.end())

    test('names every table there is: a new one has to be decided on', () => {
      const present = listTables(join(backup, 'database.db'))
      assert.deepEqual(
        present
          .filter((table) => !tables[table])
          .map((table) => `${table}: ${placeFor('tables', creatorOf(table))}`),
        [],
      )
      const gone = Object.keys(tables).filter((table) => !present.includes(table))
      assert.deepEqual(gone, [], 'no migration creates these')
    })

    test('held something of every kind that must not live twice', () => {
      const counts = countAlive(join(backup, 'database.db'))
      for (const [table, count] of Object.entries(counts)) assert.ok(count > 0, table)
    })

    test('is refused while the server runs, and over a database nobody said may go', async () => {
      const server = await place.start()
      const running = await place.run('restore', backup, '--replace', '--json')
      assert.deepEqual([running.code, running.json().error.code], [1, 'cli.server_running'])
      assert.equal(await isIn(ada as Browser), true)
      // What happens after the backup: one signs in and is locked out, and another is let in again.
      assert.equal((await (ada as Browser).do('api-key.revoke')).status, 200)
      const found = await place.ask(deadToken, 'token', 'leaked')
      assert.equal(found.code, 0, found.stderr)
      const late = server.newBrowser()
      await late.do('sign-in.start', { email: 'cy@example.com', password })
      assert.equal(await isIn(late), true)
      for (const [act, who] of [
        ['disable', 'bob'],
        ['enable', 'bob'],
        ['disable', 'cy'],
      ] as const)
        assert.equal((await place.run('user', act, `${who}@example.com`)).code, 0)
      await place.stop()
      const full = await place.run('restore', backup, '--json')
      assert.deepEqual([full.code, full.json().error.code], [1, 'restore.not_empty'])
    })

    test('can be tried out without changing anything', async () => {
      const tried = await place.run('restore', backup, '--check', '--json')
      assert.equal(tried.code, 0, tried.stderr)
      assert.equal(tried.json().checkedOnly, true)
      const list = (await place.run('user', 'list', '--json')).json().people
      assert.ok(list.find((one: { email: string }) => one.email === 'cy@example.com').disabledAt)
    })

    test('comes back in one step, keeps the old one, and says what is lost', async () => {
      const said = await place.runAlone('restore', backup, '--replace', '--json')
      assert.equal(said.code, 0, said.stderr)
      const { gap, ended, trailFaults, aside } = said.json()
      assert.deepEqual(trailFaults, [])
      assert.equal(gap.byCode['user:disabled'], 2)
      assert.equal(gap.byCode['user:logged_in'], 1)
      assert.ok(gap.lostEntries >= 3)
      const [lost] = gap.entries
      assert.deepEqual(Object.keys(lost), ['seq', 'at', 'code', 'userId', 'target'])
      assert.equal(new Date(lost.at).toISOString(), lost.at)
      assert.doesNotMatch(Object.keys(ended).join(), /epoch/i, 'what no operator has heard of')
      assert.equal(ended.accessTokens, 1)
      assert.equal(ended.apiKeys, 1)
      assert.equal(ended.disabledAccounts, 1)
      assert.ok(ended.sessions >= 3 && ended.recoveries === 1 && ended.waitingMails >= 1)
      assert.ok(aside)
      if (engine === 'sqlite') {
        assert.deepEqual(
          countAlive(join(place.dataDir, 'latchkey.db')),
          Object.fromEntries(aliveIn.map(([table]) => [table, 0])),
        )
        const old = new DatabaseSync(aside, { readOnly: true })
        assert.equal(
          old.prepare('select 1 from people where disabled_at is not null').all().length,
          1,
        )
        old.close()
      }
      assert.deepEqual(
        readdirSync(place.dataDir).filter((name) => name.startsWith('restoring')),
        [],
      )
    })

    test('ends every session and every sign-in under way', async () => {
      await place.start()
      assert.equal(await isIn(ada as Browser), false)
      assert.equal(await isIn(bob as Browser), false)
      const finished = await waiting?.do('sign-in.finish', { method: 'totp', proof: usedCode })
      assert.notEqual(finished?.status, 200)
    })

    test('accepts no code again that was used before, and no link', async () => {
      const { server } = place
      assert.ok(server)
      const again = server.newBrowser()
      await again.do('sign-in.start', { email: 'bob@example.com', password })
      assert.notEqual(
        (await again.do('sign-in.finish', { method: 'totp', proof: usedCode })).status,
        200,
      )
      const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token')
      const joined = await server.newBrowser().do('sign-in.join', { token, name: 'Eve', password })
      assert.equal(joined.body.code, 'sign-in.link_invalid')
    })

    test('leaves keys as they were, but for those that were ended since', async () => {
      assert.equal((await place.ask(keptToken, 'token', 'verify')).code, 0)
      const dead = await place.ask(deadToken, 'token', 'verify', '--json')
      assert.deepEqual([dead.code, dead.json().state], [1, 'revoked'])
      const program = place.server?.newBrowser()
      const answer = await program?.send({
        method: 'GET',
        path: '/api/v1/account/me',
        headers: { host: 'localhost', authorization: `Bearer ${deadKey}` },
      })
      assert.deepEqual([answer?.status, answer?.body.code], [401, 'auth.key_invalid'])
    })

    test('gives the same people back, who sign in as they did then, but for who was disabled since', async () => {
      const browser = place.server?.newBrowser()
      const signedIn = await browser?.do('sign-in.start', { email: 'ada@example.com', password })
      assert.equal(signedIn?.status, 200)
      const gone = { email: 'cy@example.com', password }
      assert.equal((await place.server?.newBrowser().do('sign-in.start', gone))?.status, 401)
      const { people } = (await place.run('user', 'list', '--json')).json()
      assert.deepEqual(
        people.map((one: { email: string; disabledAt: string | null }) => [
          one.email,
          one.disabledAt !== null,
        ]),
        [
          ['ada@example.com', false],
          ['bob@example.com', false],
          ['cy@example.com', true],
        ],
      )
    })

    test('sends no mail a second time', async () => {
      const db = place.open()
      const { rows } = await sql<{ state: string }>`
        select state from work where created_at < ${Date.now() - 1} and state <> 'done'`.execute(db)
      await db.destroy()
      assert.ok(rows.length >= 1)
      assert.ok(
        rows.every((row) => row.state === 'held'),
        JSON.stringify(rows),
      )
      // Once, in the life before the restore.
      assert.equal(place.mailsTo('dot@example.com'), 1)
    })

    test('leaves a trail that is whole and says that it was restored', async () => {
      const said = await place.run('audit', 'verify', '--json')
      assert.deepEqual([said.code, said.json().faults], [0, []])
      const db = place.open()
      const { rows } = await sql<{ data: string; actor_kind: string }>`
        select data, actor_kind from audit_entries where code = 'installation:restored'`.execute(db)
      await db.destroy()
      assert.equal(rows.length, 1)
      assert.equal(rows[0]?.actor_kind, 'system')
      assert.ok(JSON.parse(rows[0]?.data ?? '{}').lostEntries >= 3)
    })
  })
