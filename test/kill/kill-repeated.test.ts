// long: three rounds instead of one.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import { type Engine, engines } from '#test/harness/app.ts'
import { rowsOf } from '#test/harness/basis.ts'
import type { Answer, Browser } from '#test/harness/client.ts'
import { long } from '#test/harness/long.ts'
import { createDatabase } from '#test/harness/postgres.ts'
import {
  freePort,
  printedSetupCode,
  type ServerProcess,
  startServer,
} from '#test/harness/server-process.ts'
import { password } from './load.ts'

const rounds = long(3, 1)
/** Below the 50 an hour that one person may invite. */
const calls = 40

type Call = { readonly email: string; readonly key: string }

const open = async (engine: Engine) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-repeated-'))
  const adminUrl = process.env.LATCHKEY_TEST_POSTGRES_URL ?? ''
  const database = engine === 'postgres' ? await createDatabase(adminUrl) : null
  const port = await freePort()
  const settings = {
    LATCHKEY_LOG_LEVEL: 'error',
    ...(database ? { LATCHKEY_DATABASE_URL: database.url } : {}),
  }
  return {
    start: () => startServer({ dataDir, port, settings }),
    /** How many invitations each address has. */
    invitations: async (): Promise<Map<string, number>> => {
      const db = database ? openPostgres(database.url) : openSqlite(join(dataDir, 'latchkey.db'))
      const rows = await rowsOf(db, 'one_time_tokens')
      await db.destroy()
      return new Map(
        [...Map.groupBy(rows, (row) => String(row.recipient))].map(([who, list]) => [
          who,
          list.length,
        ]),
      )
    },
    close: async () => {
      await database?.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

const setUp = async (server: ServerProcess): Promise<Browser> => {
  const owner = server.newBrowser()
  const code = await printedSetupCode(server)
  const first = { organisationName: 'Acme', name: 'Ada', email: 'ada@example.com', password }
  assert.equal((await owner.do('sign-in.set-up', { code, ...first })).status, 200)
  return owner
}

const send = (owner: Browser, { email, key }: Call): Promise<Answer> =>
  owner.do('people.invite', { email, role: 'member' }, { 'idempotency-key': key })

type Fate = 'replayed' | 'done now' | 'lost'

const fateOf = (answer: Answer): Fate => {
  if (answer.body.code === 'http.idempotency_running') return 'lost'
  assert.equal(answer.status, 200, answer.text)
  return answer.headers['idempotency-replayed'] === 'true' ? 'replayed' : 'done now'
}

/** Invitations an address has when the server comes back, and after the call was sent once more. */
const due: Readonly<Record<Fate, readonly [number, number]>> = {
  replayed: [1, 1],
  'done now': [0, 1],
  // Claimed and not finished: nothing happened, and nothing will before the lease is over.
  lost: [0, 0],
}

const newCalls = (): Call[] =>
  Array.from({ length: calls }, () => ({
    email: `${randomUUID()}@example.com`,
    key: `"${randomUUID()}"`,
  }))

for (const engine of engines)
  describe(`a server that is killed while calls with a key are under way (${engine})`, () => {
    const installation = open(engine)
    after(async () => (await installation).close())

    const liveOnce = async (server: ServerProcess, owner: Browser) => {
      const { start, invitations } = await installation
      const sent = newCalls()
      await Promise.race(sent.map((call) => send(owner, call).catch(() => null)))
      await sleep(Math.random() * 20)
      server.signal('SIGKILL')
      await server.ended
      const before = await invitations()
      const next = await start()
      const fates = new Map<string, Fate>()
      for (const call of sent) fates.set(call.email, fateOf(await send(owner, call)))
      const after = await invitations()
      for (const [email, fate] of fates)
        assert.deepEqual([before.get(email) ?? 0, after.get(email) ?? 0], due[fate], fate)
      return { next, fates: [...fates.values()] }
    }

    test('left effect and answer, or neither', async () => {
      let server = await (await installation).start()
      const owner = await setUp(server)
      const fates: Fate[] = []
      for (let round = 0; round < rounds; round += 1) {
        const lived = await liveOnce(server, owner)
        server = lived.next
        fates.push(...lived.fates)
      }
      assert.ok(fates.includes('replayed'), 'no call was finished before the server was killed')
      server.signal('SIGTERM')
      await server.ended
    })
  })
