import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { engines, startApp, type TestApp } from '#test/harness/app.ts'
import type { Answer } from '#test/harness/client.ts'
import { joinAs, type Person, setUpOwner, signIn } from '#test/harness/people.ts'
import { assertRefused, isSignedIn, times } from '#test/harness/scene.ts'

const adminUrl = process.env.LATCHKEY_TEST_POSTGRES_URL ?? ''
const metricsToken = 'a-token-for-metrics-that-is-long-enough'

type Line = { readonly level: string; readonly msg: string; readonly stack?: string }

/** Waits for what follows by itself: the watch looks once a second. */
const until = async (holds: () => Promise<boolean> | boolean, what: string): Promise<void> => {
  const deadline = Date.now() + 15_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`it took too long until ${what}`)
    await sleep(100)
  }
}

describe('PostgreSQL that is in trouble', { skip: !engines.includes('postgres') }, () => {
  let app: TestApp
  let ada: Person
  let admin: Client
  let database = ''

  before(async () => {
    app = await startApp({
      engine: 'postgres',
      settings: { LATCHKEY_METRICS_TOKEN: metricsToken },
    })
    ada = await setUpOwner(app)
    database = new URL(app.databaseUrl ?? '').pathname.slice(1)
    admin = new Client({ connectionString: adminUrl })
    await admin.connect()
  })
  after(async () => {
    await admin.end()
    await app.stop()
  })

  const endBackends = () =>
    admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      database,
    ])
  const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ada.browser.send({ method: 'GET', path, headers: { host: new URL(app.url).host, ...headers } })
  const linesSince = (from: number): Line[] =>
    app.logLines.slice(from).map((line) => JSON.parse(line))
  const began = (lines: readonly Line[]) => lines.filter(({ msg }) => /^trouble began/.test(msg))
  const ended = (lines: readonly Line[]) =>
    lines.filter(({ msg }) => /trouble.* is over$/.test(msg))
  const metric = async (name: string): Promise<number> => {
    const { text } = await get('/metrics', { authorization: `Bearer ${metricsToken}` })
    const line = text.split('\n').find((one) => one.startsWith(`${name} `)) ?? ''
    return Number(line.split(' ').at(-1))
  }
  const untilOver = (from: number) =>
    until(() => ended(linesSince(from)).length > 0, 'the outage was over')

  test('answers 503 and says when to try again, on pages’ calls, for proxies and without a session', async () => {
    const from = app.logLines.length
    await admin.query(`alter database ${database} allow_connections false`)
    await endBackends()
    const wrong = { email: 'nobody@example.com', password: 'not the right one at all' }
    const asked = await Promise.all([
      ...times(10, () => ada.browser.do('account.me')),
      ...times(10, () => ada.browser.do('verify.check')),
      ...times(10, () => app.newBrowser().do('sign-in.start', wrong)),
      ada.browser.do('account.update-profile', { name: 'Ada L.' }),
    ])
    for (const answer of asked) {
      assertRefused(answer, 503, 'http.unavailable')
      assert.equal(answer.headers['retry-after'], '5')
    }
    const ready = await get('/readyz')
    assert.deepEqual(
      [ready.status, ready.text],
      [503, 'not ready: the database cannot be reached\n'],
    )
    assert.equal((await get('/healthz')).status, 200)
    assert.equal(await metric('latchkey_database_outage'), 1)
    assert.ok((await metric('latchkey_database_trouble_total{kind="unreachable"}')) >= 31)
    await admin.query(`alter database ${database} allow_connections true`)
    await until(async () => (await get('/readyz')).status === 200, 'it was ready again')
    assert.equal((await ada.browser.do('account.me')).body.name, 'Ada')
    await untilOver(from)
    assert.equal(await metric('latchkey_database_outage'), 0)
    const lines = linesSince(from)
    assert.deepEqual([began(lines).length, ended(lines).length], [1, 1])
    assert.deepEqual(
      lines.filter(({ stack, level }) => stack !== undefined || level === 'fatal'),
      [],
      'an outage is no fault of any request',
    )
  })

  test('that became read-only is not ready, still answers who it is, and is used again without a restart', async () => {
    const from = app.logLines.length
    const ben = await joinAs(app, ada, 'Ben')
    await admin.query(`alter database ${database} set default_transaction_read_only = on`)
    await endBackends()
    const unready = 'not ready: the database takes no changes\n'
    await until(async () => (await get('/readyz')).text === unready, 'it noticed')
    const refused = await ben.browser.do('account.update-profile', { name: 'Benjamin' })
    assertRefused(refused, 503, 'http.read_only')
    assert.equal(refused.headers['retry-after'], '10')
    assert.equal(await isSignedIn(app, ben.browser), true)
    await admin.query(`alter database ${database} reset default_transaction_read_only`)
    // No connection is ended here: the product lets go of those that refuse changes.
    await until(async () => (await get('/readyz')).status === 200, 'it was ready again')
    assert.equal((await ben.browser.do('account.update-profile', { name: 'Benjamin' })).status, 200)
    await signIn(app, ben)
    await untilOver(from)
  })

  test('and went away during a commit: the answer says that nobody knows, and a key makes it happen once', async () => {
    const from = app.logLines.length
    const run = async (statements: string): Promise<void> => {
      const client = new Client({ connectionString: app.databaseUrl ?? '' })
      await client.connect()
      await client.query(statements)
      await client.end()
    }
    // A commit that takes its time: what is deferred is checked in it.
    await run(`
      create function dawdle() returns trigger language plpgsql as
        $$ begin perform pg_sleep(2); return null; end $$;
      create constraint trigger dawdle after insert on access_tokens
        deferrable initially deferred for each row execute function dawdle()`)
    const call = { name: 'Deployment', scopes: [] }
    const key = { 'idempotency-key': '"8e03978e-40d5-43dd-bc93-6894a57f9324"' }
    const create = () => ada.browser.do('access-tokens.create', call, key)
    const asked = create()
    await until(async () => {
      const { rows } = await admin.query(
        `select pid from pg_stat_activity
         where datname = $1 and query = 'commit' and wait_event = 'PgSleep'`,
        [database],
      )
      return rows.length > 0
    }, 'it was committing')
    await endBackends()
    const lost = await asked
    assertRefused(lost, 503, 'http.outcome_unknown')
    assert.equal(lost.headers['retry-after'], '5')
    await run('drop trigger dawdle on access_tokens; drop function dawdle')
    let again = await create()
    // The key could not be released either, when that met an ended connection too: its lease ends by itself.
    if (again.body.code === 'http.idempotency_running') {
      app.clock.advance(61_000)
      again = await create()
    }
    assert.equal(again.status, 200, again.text)
    assert.equal((await create()).headers['idempotency-replayed'], 'true')
    const { tokens } = (await ada.browser.do('access-tokens.list')).body
    assert.equal(tokens.length, 1)
    await untilOver(from)
  })

  test('with a row that another session holds refuses after a bounded wait, and the rest goes on', async () => {
    const from = app.logLines.length
    const other = new Client({ connectionString: app.databaseUrl ?? '' })
    await other.connect()
    await other.query('begin; lock table guesses in exclusive mode')
    const since = performance.now()
    const guesses = await Promise.all(
      times(30, () =>
        app.newBrowser().do('sign-in.start', { email: ada.email, password: 'wrong'.repeat(4) }),
      ),
    )
    const seconds = (performance.now() - since) / 1000
    await other.query('rollback')
    await other.end()
    for (const answer of guesses) {
      assertRefused(answer, 503, 'http.busy')
      assert.equal(answer.headers['retry-after'], '2')
    }
    assert.ok(seconds < 20, `${seconds} s`)
    assert.equal(await isSignedIn(app, ada.browser), true)
    await untilOver(from)
    assert.equal(began(linesSince(from)).length, 1)
  })
})
