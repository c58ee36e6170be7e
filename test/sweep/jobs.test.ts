// long: a hundred thousand old rows of each kind instead of three thousand, and nothing waits for more than 50 ms.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, mock, test } from 'node:test'
import type { Db, Job } from '@latchkey/kit'
import { sql } from 'kysely'
import { jobsOf } from '#app'
import { createContext, systemActor } from '#platform/context.ts'
import { batchRowsMax } from '#platform/db/delete-rows.ts'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { long } from '#test/harness/long.ts'
import { bytesOf, multiplyRow } from '#test/harness/multiply.ts'
import { setUpOwner } from '#test/harness/people.ts'
import { onEachEngine } from '#test/harness/scene.ts'

const never = new AbortController().signal
const run = ({ app }: TestApp, job: Job, signal = never): Promise<void> =>
  job.run(createContext(app.services, systemActor('test')), signal)

const isBounded = (statement: string): boolean =>
  !/^delete/i.test(statement) || / in \(select .* limit \?\)/i.test(statement)

describe('what repeats (sqlite)', () => {
  let scene: TestApp
  let jobs: readonly Job[]
  const said = new Set<string>()

  before(async () => {
    const prepare = DatabaseSync.prototype.prepare
    mock.method(DatabaseSync.prototype, 'prepare', function (this: DatabaseSync, text: string) {
      said.add(text)
      return prepare.call(this, text)
    })
    scene = await startApp({ engine: 'sqlite' })
    await setUpOwner(scene)
    jobs = jobsOf(scene.product.modules)
  })
  after(async () => {
    mock.restoreAll()
    await scene.stop()
  })

  const statementsOf = async (job: Job): Promise<readonly string[]> => {
    said.clear()
    await run(scene, job)
    return [...said].filter((text) => /^(select|insert|update|delete)/i.test(text))
  }
  /** Tables that are read from end to end. */
  const scansIn = async (db: Db, statement: string): Promise<readonly string[]> => {
    const plan = await sql<{
      detail: string
    }>`${sql.raw(`explain query plan ${statement}`)}`.execute(db)
    return plan.rows.map((row) => row.detail).filter((line) => /^SCAN (?!\(subquery)/.test(line))
  }

  const faultsOf = async (job: Job, statement: string): Promise<readonly string[]> => [
    ...(isBounded(statement) ? [] : [`${job.name} is unbounded: ${statement}`]),
    ...(await scansIn(scene.db, statement)).map((scan) => `${job.name}: ${scan}: ${statement}`),
  ]

  test('deletes a bounded number of rows at a time, and finds them by an index', async () => {
    assert.ok(jobs.length >= 8, 'the jobs were not found')
    const faults: string[] = []
    let deletes = 0
    for (const job of jobs) {
      const statements = await statementsOf(job)
      deletes += statements.filter((statement) => /^delete/i.test(statement)).length
      for (const statement of statements) faults.push(...(await faultsOf(job, statement)))
    }
    assert.ok(deletes >= 10, `only ${deletes} statements that delete were seen`)
    assert.deepEqual(faults, [])
  })

  test('a job that deletes all at once, or without an index, is found out', async () => {
    const greedy: Job = {
      name: 'greedy',
      everySeconds: 1,
      run: async ({ db }) => {
        const tables = db.withTables<{ sessions: { user_agent: string } }>()
        await tables.deleteFrom('sessions').where('user_agent', '=', 'none').execute()
      },
    }
    const [statement = ''] = await statementsOf(greedy)
    assert.equal(isBounded(statement), false)
    assert.equal((await scansIn(scene.db, statement)).length, 1)
  })
})

/** Rows of each kind that grows, long past their time. */
const growOld = async (db: Db, count: number): Promise<void> => {
  const bytes = (text: string) => bytesOf(db, text)
  await multiplyRow(db, {
    ...{ table: 'sessions', count },
    change: { id: "'ses_old' || n", token_hash: bytes("'old' || n"), expires_at: '1' },
  })
  await multiplyRow(db, {
    ...{ table: 'known_devices', count },
    change: { id: "'dev_old' || n", device_hash: bytes("'old' || n"), last_seen_at: '1' },
  })
  await multiplyRow(db, {
    ...{ table: 'one_time_tokens', count },
    change: { id: "'ott_old' || n", token_hash: bytes("'old' || n"), expires_at: '1' },
  })
  await multiplyRow(db, {
    ...{ table: 'work', count },
    change: { id: "'wrk_old' || n", state: "'done'", finished_at: '1' },
  })
}

const kinds = ['sessions', 'known_devices', 'one_time_tokens', 'work']
const countOld = async (db: Db): Promise<number> => {
  let total = 0
  for (const table of kinds) {
    const { rows } = await sql<{ rows: number }>`
      select count(*) as rows from ${sql.table(table)} where id like '%_old%'`.execute(db)
    total += Number(rows[0]?.rows)
  }
  return total
}

const threadMillis = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/**
 * The most this thread did between two turns of the event loop while something runs, and how many turns there were. In
 * processor time: what other programs take of a shared machine is no fault of a job.
 */
const watchTurns = async (
  work: () => Promise<unknown>,
): Promise<{ longestMs: number; turns: number }> => {
  let [longestMs, turns, last, isDone] = [0, 0, threadMillis(), false]
  const turn = () => {
    longestMs = Math.max(longestMs, threadMillis() - last)
    last = threadMillis()
    turns += 1
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  await work()
  isDone = true
  return { longestMs, turns }
}

onEachEngine('jobs of an installation that has grown', (scene) => {
  const count = long(100_000, 3000)

  test('delete what is old without anyone waiting for them', async () => {
    const { app } = scene
    await scene.owner.browser.do('people.invite', { email: 'ben@example.com', role: 'member' })
    await growOld(app.db, count)
    assert.equal(await countOld(app.db), kinds.length * count)
    const seen = await watchTurns(async () => {
      for (const job of jobsOf(app.product.modules)) await run(app, job)
    })
    assert.equal(await countOld(app.db), 0)
    assert.ok(seen.turns >= (kinds.length * count) / batchRowsMax, `${seen.turns} turns`)
    const boundMs = long(50, 250)
    assert.ok(seen.longestMs <= boundMs, `the event loop stood still for ${seen.longestMs} ms`)
  })

  test('stop between two batches when the process does', async () => {
    const { app } = scene
    await multiplyRow(app.db, {
      ...{ table: 'one_time_tokens', count: 2000 },
      change: {
        id: "'ott_old' || n",
        token_hash: bytesOf(app.db, "'again' || n"),
        expires_at: '1',
      },
    })
    const stopping = new AbortController()
    const job = jobsOf(app.product.modules).find(({ name }) => name === 'platform.delete-old')
    assert.ok(job)
    const running = run(app, job, stopping.signal)
    stopping.abort()
    await assert.rejects(async () => running, { name: 'AbortError' })
    assert.ok((await countOld(app.db)) > 0)
  })
})
