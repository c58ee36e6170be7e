import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@latchkey/kit'
import { openKeyFile } from '#platform/crypto/key-file.ts'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import { type Engine, engines } from '../harness/app.ts'
import type { Browser } from '../harness/client.ts'
import { readMails, tokenIn } from '../harness/mails.ts'
import { createDatabase } from '../harness/postgres.ts'
import {
  freePort,
  printedSetupCode,
  type ServerProcess,
  startServer,
} from '../harness/server-process.ts'
import { checkBooks, checkCookies, checkNames, checkSoundness } from './ledger.ts'
import { type Actor, type Cast, type History, newHistory, password, runClients } from './load.ts'

/** Half of them per test, so that one that hangs is noticed before the run's own time is over. */
const rounds = { sqlite: [50, 50], postgres: [20] } as const satisfies Record<
  Engine,
  readonly number[]
>
/** Counted in answers, not in time alone: on a busy machine a span of time may pass before anything was asked. */
const answersBeforeKillMax = 25
const waitMillisMax = 1500

const total = (history: History): number =>
  Object.values(history.counts).reduce((sum, times) => sum + times, 0)

/** Mostly soon and at any point of what is under way; every fourth time not before somebody has signed in. */
const momentToKill = async (round: number, history: History): Promise<void> => {
  const deadline = Date.now() + waitMillisMax
  const wanted = total(history) + Math.ceil(Math.random() * answersBeforeKillMax)
  const signIns = history.counts.signedIn + (round % 4 === 0 ? 2 : 0)
  const isEarly = (): boolean => total(history) < wanted || history.counts.signedIn < signIns
  while (isEarly() && Date.now() < deadline) await sleep(1)
  await sleep(Math.random() * 15)
}

const actorOf = async (browser: Browser, email: string): Promise<Actor> => {
  const me = await browser.do('account.me')
  assert.equal(me.status, 200, me.text)
  return { userId: me.body.userId as string, email, browser }
}

const mailTo = async (dataDir: string, email: string): Promise<string> => {
  for (;;) {
    const mail = (await readMails(dataDir)).find((one) => one.to === email)
    if (mail) return tokenIn(mail)
    await sleep(20)
  }
}

/** The owner and the people the load is made by, through the same calls their pages make. */
const gather = async (server: ServerProcess, dataDir: string): Promise<Cast> => {
  const owner = server.newBrowser()
  const first = { organisationName: 'Acme', name: 'Ada', email: 'ada@example.com', password }
  const done = await owner.do('sign-in.set-up', { code: await printedSetupCode(server), ...first })
  assert.equal(done.status, 200, done.text)
  const join = async (name: string): Promise<Actor> => {
    const email = `${name}@example.com`
    assert.equal((await owner.do('people.invite', { email, role: 'member' })).status, 200)
    const browser = server.newBrowser()
    const joined = await browser.do('sign-in.join', {
      token: await mailTo(dataDir, email),
      name,
      password,
    })
    assert.equal(joined.status, 200, joined.text)
    return actorOf(browser, email)
  }
  const people = await Promise.all(['bea', 'cy', 'dot', 'eve', 'flo', 'gus', 'hal'].map(join))
  return {
    owner: await actorOf(owner, first.email),
    renamers: people.slice(0, 3),
    travellers: people.slice(3),
    forgetful: [...people.map((one) => one.email), 'nobody@example.com'],
  }
}

for (const engine of engines) {
  describe(`Killed in the middle of it (${engine})`, { timeout: 110_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-kill-'))
    const adminUrl = process.env.LATCHKEY_TEST_POSTGRES_URL ?? ''
    const database = engine === 'postgres' ? await createDatabase(adminUrl) : null
    const port = await freePort()
    const history = newHistory()
    let [number, cast] = [0, null as Cast | null]
    const [startMillis, tail] = [[] as number[], { kills: 0 }]
    const serial = (): number => ++number

    const start = async (): Promise<ServerProcess> => {
      const since = performance.now()
      const settings = {
        LATCHKEY_LIMITS_REQUESTS_PER_ADDRESS: '1000000',
        LATCHKEY_TRUSTED_PROXIES: '1',
        LATCHKEY_LOG_LEVEL: 'error',
        ...(database ? { LATCHKEY_DATABASE_URL: database.url } : {}),
      }
      const server = await startServer({ dataDir, port, settings })
      startMillis.push(performance.now() - since)
      return server
    }

    const withDb = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
      const db = database
        ? openPostgres(database.url, () => undefined)
        : openSqlite(join(dataDir, 'latchkey.db'))
      try {
        return await work(db)
      } finally {
        await db.destroy()
      }
    }

    const end = async (server: ServerProcess): Promise<void> => {
      server.signal('SIGKILL')
      assert.equal((await server.ended).signal, 'SIGKILL')
    }

    /** One life of the process: what earlier ones acknowledged is there; then load, then the kill. */
    const live = async (): Promise<void> => {
      const server = await start()
      try {
        cast ??= await gather(server, dataDir)
        await withDb((db) => checkNames(db, history))
        await checkCookies(
          server,
          [...history.revoked.values(), ...history.signedOut.values()].slice(-4),
          401,
        )
        await checkCookies(server, [...history.open.values()].slice(-2), 200)
        const clients = runClients(server, cast, { history, serial })
        await Promise.race([clients, momentToKill(tail.kills, history)])
        await end(server)
        await clients
        tail.kills += 1
        assert.equal(server.output().includes('"level":"error"'), false, server.output())
      } finally {
        server.signal('SIGKILL')
      }
    }

    const report = (t: TestContext, entries: number): void => {
      const middle = startMillis.toSorted((a, b) => a - b)[startMillis.length >> 1] ?? 0
      t.diagnostic(
        `${tail.kills} kills, start ${middle.toFixed(0)} ms; acknowledged: ${Object.entries(
          history.counts,
        )
          .map(([what, times]) => `${times} ${what}`)
          .join(', ')}; ${entries} entries in the trail`,
      )
    }

    after(async () => {
      await database?.drop()
      rmSync(dataDir, { recursive: true, force: true })
    })

    for (const times of rounds[engine])
      it(`keeps everything it acknowledged, ${times} times`, async (t) => {
        for (let round = 0; round < times; round++) await live()
        const server = await start()
        try {
          await checkCookies(
            server,
            [...history.revoked.values(), ...history.signedOut.values()],
            401,
          )
          await checkCookies(server, history.open.values(), 200)
        } finally {
          await end(server)
        }
        const keys = openKeyFile(dataDir)
        const entries = await withDb(async (db) => {
          await checkNames(db, history)
          await checkBooks(db, keys, history)
          return checkSoundness(db, keys)
        })
        report(t, entries)
      })
  })
}
