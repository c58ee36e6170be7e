// long: two hundred ended connections and twenty restarts instead of ten and one.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { Client } from 'pg'
import { openKeyFile } from '#platform/crypto/key-file.ts'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { verifyTrail } from '#platform/events/verify-trail.ts'
import { engines } from '#test/harness/app.ts'
import type { Browser } from '#test/harness/client.ts'
import { long } from '#test/harness/long.ts'
import { createDatabase, type RunningPostgres, startPostgres } from '#test/harness/postgres.ts'
import {
  freePort,
  printedSetupCode,
  type ServerProcess,
  startServer,
  stopServer,
} from '#test/harness/server-process.ts'
import { makeTokens, newTold, rename, type Told, type Turn, travel, verify } from './load.ts'

const backends = long(200, 10)
const restarts = long(20, 1)
const credentials = { email: 'ada@example.com', password: 'violet-kettle-93-harbour' }

describe('Two processes whose database connections are ended', {
  skip: !engines.includes('postgres'),
}, () => {
  let postgres: RunningPostgres
  let databaseUrl = ''
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-outage-'))
  const servers: ServerProcess[] = []
  let ada: Browser

  before(async () => {
    postgres = await startPostgres()
    databaseUrl = (await createDatabase(postgres.url)).url
    const settings = {
      LATCHKEY_DATABASE_URL: databaseUrl,
      LATCHKEY_LIMITS_REQUESTS_PER_ADDRESS: '1000000',
      LATCHKEY_TRUSTED_PROXIES: '1',
      LATCHKEY_LOG_LEVEL: 'warn',
    }
    const start = async (): Promise<ServerProcess> => {
      const server = await startServer({ dataDir, port: await freePort(), settings })
      servers.push(server)
      return server
    }
    const first = await start()
    ada = first.newBrowser()
    const code = await printedSetupCode(first)
    const set = { code, organisationName: 'Acme', name: 'Ada', ...credentials }
    assert.equal((await ada.do('sign-in.set-up', set)).status, 200)
    await start()
  })
  after(async () => {
    for (const server of servers) server.signal('SIGKILL')
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  /** Another process with the same session, as behind a load balancer. */
  const at = async (server: ServerProcess): Promise<Browser> => {
    const browser = server.newBrowser()
    for (const [name, value] of ada.cookies) browser.cookies.set(name, value)
    assert.equal((await browser.do('account.me')).status, 200)
    return browser
  }

  const load = async (turn: Turn): Promise<unknown> => {
    const [first, second] = servers
    assert.ok(first && second)
    const browsers = await Promise.all(
      [first, second, first, second, first, second].map((server) => at(server)),
    )
    const [one, two, three, four, five, six] = browsers as [Browser, ...Browser[]]
    const elsewhere = { newBrowser: () => second.newBrowser(), credentials }
    return Promise.all([
      rename(turn, one),
      rename(turn, two ?? one),
      verify(turn, three ?? one),
      verify(turn, four ?? one),
      makeTokens(turn, five ?? one),
      makeTokens(turn, six ?? one),
      travel(turn, elsewhere),
    ])
  }

  const endOne = async (): Promise<number> => {
    const admin = new Client({ connectionString: postgres.url })
    await admin.connect()
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'latchkey' order by random() limit 1`,
    )
    await admin.end()
    return rowCount ?? 0
  }

  const disturb = async (): Promise<void> => {
    const between = Math.ceil(backends / restarts)
    for (let ended = 0; ended < backends; ) {
      ended += await endOne()
      await sleep(60)
      if (ended % between === 0) {
        await postgres.restart()
        await sleep(500)
      }
    }
  }

  const requireOpen = async (cookies: readonly string[], status: number): Promise<void> => {
    for (const cookie of cookies) {
      const browser = servers[0]?.newBrowser()
      browser?.cookies.set('latchkey', cookie)
      assert.equal((await browser?.do('account.me'))?.status, status)
    }
  }

  const requireKept = async (told: Told): Promise<void> => {
    const db = openPostgres(databaseUrl)
    const namesOf = async (query: string): Promise<string[]> =>
      (await sql.raw<{ name: string }>(query).execute(db)).rows.map((row) => row.name)
    const changes = await namesOf(
      `select code as name from audit_entries where code = 'user.profile:updated'`,
    )
    assert.ok(
      changes.length >= told.renamed && changes.length <= told.renamed + told.unknown,
      `${told.renamed} renames were acknowledged and ${told.unknown} open; ${changes.length} were made`,
    )
    const tokens = await namesOf('select name from access_tokens')
    assert.equal(new Set(tokens).size, tokens.length, 'no call under a key took effect twice')
    for (const name of told.tokens) assert.ok(tokens.includes(name), `${name} was acknowledged`)
    const keys = openKeyFile(dataDir)
    assert.deepEqual((await verifyTrail({ db, keys })).faults, [])
    await db.destroy()
    await requireOpen(told.open, 200)
    await requireOpen(told.ended, 401)
  }

  test('go on, answer nothing but 503 meanwhile, and keep all they acknowledged', async (t) => {
    const told = newTold()
    let isOver = false
    const working = load({ told, isOver: () => isOver })
    await Promise.race([disturb(), working])
    await sleep(1000)
    isOver = true
    await working
    t.diagnostic(
      `${[...told.statuses].map(([what, times]) => `${what}: ${times}`).join(', ')}; unknown: ${told.unknown}`,
    )
    assert.deepEqual(told.wrong.slice(0, 5), [])
    assert.ok((told.statuses.get('verify 200') ?? 0) > 0)
    assert.ok(told.renamed > 0 && told.tokens.length > 0 && told.ended.length > 0)
    for (const server of servers) {
      assert.equal(server.isOver(), false, server.output())
      const lines = server.output().split('\n')
      assert.deepEqual(
        lines.filter((line) => line.includes('"stack"')),
        [],
      )
      const began = lines.filter((line) => line.includes('trouble began'))
      assert.ok(began.length > 0 && began.length <= restarts * 2 + 2, began.join('\n'))
    }
    await requireKept(told)
    for (const server of servers) assert.equal((await stopServer(server)).code, 0)
  })
})
