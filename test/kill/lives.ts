import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@latchkey/kit'
import { openKeyFile } from '#platform/crypto/key-file.ts'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import type { Engine } from '../harness/app.ts'
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

/** One installation and everything that was acknowledged to its people, over all lives of its process. */
type Installation = {
  readonly dataDir: string
  readonly port: number
  readonly databaseUrl: string | null
  readonly history: History
  readonly serial: () => number
  readonly startMillis: number[]
  kills: number
}

/** Counted in answers, not in time alone: on a busy machine a span of time may pass before anything was asked. */
const answersBeforeKillMax = 16
const waitMillisMax = 1500

const total = (history: History): number =>
  Object.values(history.counts).reduce((sum, times) => sum + times, 0)

/** Mostly soon and at any point of what is under way; every fifth time not before a user has signed in. */
const momentToKill = async ({ kills, history }: Installation): Promise<void> => {
  const deadline = Date.now() + waitMillisMax
  const wanted = total(history) + Math.ceil(Math.random() * answersBeforeKillMax)
  const signIns = history.counts.signedIn + (kills % 5 === 0 ? 2 : 0)
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
  const code = await printedSetupCode(server)
  const done = await owner.do('sign-in.set-up', { code, ...first })
  assert.equal(done.status, 200, done.text)
  const join = async (name: string): Promise<Actor> => {
    const email = `${name}@example.com`
    const invited = await owner.do('people.invite', { email, role: 'member' })
    assert.equal(invited.status, 200, invited.text)
    const browser = server.newBrowser()
    const token = await mailTo(dataDir, email)
    const joined = await browser.do('sign-in.join', { token, name, password })
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

const start = async (installation: Installation): Promise<ServerProcess> => {
  const { dataDir, port, databaseUrl } = installation
  const since = performance.now()
  const settings = {
    LATCHKEY_LIMITS_REQUESTS_PER_ADDRESS: '1000000',
    LATCHKEY_TRUSTED_PROXIES: '1',
    LATCHKEY_LOG_LEVEL: 'error',
    ...(databaseUrl ? { LATCHKEY_DATABASE_URL: databaseUrl } : {}),
  }
  const server = await startServer({ dataDir, port, settings })
  installation.startMillis.push(performance.now() - since)
  return server
}

const kill = async (server: ServerProcess): Promise<void> => {
  server.signal('SIGKILL')
  assert.equal((await server.ended).signal, 'SIGKILL', server.output())
}

/** The database as another process sees it, opened after the server has recovered it and closed before the kill. */
const withDb = async <T>(
  { dataDir, databaseUrl }: Installation,
  work: (db: Db) => Promise<T>,
): Promise<T> => {
  const db = databaseUrl ? openPostgres(databaseUrl) : openSqlite(join(dataDir, 'latchkey.db'))
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}

const endedCookies = ({ history }: Installation): string[] => [
  ...history.revoked.values(),
  ...history.signedOut.values(),
]

/** One life of the process: what earlier ones acknowledged is there; then load, then the kill. */
const live = async (installation: Installation, cast: Cast): Promise<void> => {
  const { history, serial } = installation
  const server = await start(installation)
  try {
    await withDb(installation, (db) => checkNames(db, history))
    await checkCookies(server, endedCookies(installation).slice(-4), 401)
    await checkCookies(server, [...history.open.values()].slice(-2), 200)
    const clients = runClients(server, cast, { history, serial })
    await Promise.race([clients, momentToKill(installation)])
    await kill(server)
    await clients
    installation.kills += 1
    assert.equal(server.output().includes('"level":"error"'), false, server.output())
  } finally {
    server.signal('SIGKILL')
  }
}

/** Everything, at the end of a series of lives. Returns the length of the trail. */
const checkAll = async (installation: Installation): Promise<number> => {
  const { dataDir, history } = installation
  const server = await start(installation)
  try {
    await checkCookies(server, endedCookies(installation), 401)
    await checkCookies(server, history.open.values(), 200)
  } finally {
    await kill(server)
  }
  const keys = openKeyFile(dataDir)
  return withDb(installation, async (db) => {
    await checkNames(db, history)
    await checkBooks(db, keys, history)
    return checkSoundness(db, keys)
  })
}

const summary = ({ kills, startMillis, history }: Installation, entries: number): string => {
  const middle = startMillis.toSorted((a, b) => a - b)[startMillis.length >> 1] ?? 0
  const acknowledged = Object.entries(history.counts).map(([what, times]) => `${times} ${what}`)
  return `${kills} kills, start ${middle.toFixed(0)} ms; acknowledged: ${acknowledged.join(', ')}; ${entries} entries in the trail`
}

/** Kills the server as often as `rounds` says, in as many tests as it has entries. */
export const describeKills = (engine: Engine, rounds: readonly number[]): void => {
  describe(`Killed in the middle of it (${engine})`, async () => {
    const adminUrl = process.env.LATCHKEY_TEST_POSTGRES_URL ?? ''
    const database = engine === 'postgres' ? await createDatabase(adminUrl) : null
    let [number, cast] = [0, null as Cast | null]
    const installation: Installation = {
      dataDir: mkdtempSync(join(tmpdir(), 'latchkey-kill-')),
      port: await freePort(),
      databaseUrl: database?.url ?? null,
      history: newHistory(),
      serial: () => ++number,
      startMillis: [],
      kills: 0,
    }

    after(async () => {
      await database?.drop()
      rmSync(installation.dataDir, { recursive: true, force: true })
    })

    it('has people in it, and is killed', async () => {
      const server = await start(installation)
      try {
        cast = await gather(server, installation.dataDir)
      } finally {
        await kill(server)
      }
    })

    for (const times of rounds)
      it(`keeps everything it acknowledged, ${times} times`, async (t) => {
        assert.ok(cast)
        for (let round = 0; round < times; round++) await live(installation, cast)
        t.diagnostic(summary(installation, await checkAll(installation)))
      })
  })
}
