import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { Context, Db, Job, System } from '@latchkey/kit'
import { onEachBasis } from '#test/harness/basis.ts'
import { createContext, systemActor } from '../context.ts'
import { firstAfterSeconds, nextDueAt, startJobs } from './schedule.ts'
import { claimJob, finishJob, listFailedJobs, waitFor } from './store.ts'
import type { JobTables } from './tables.ts'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const everySeconds = 0.01
const daySeconds = 24 * 3600

const until = async (isSo: () => boolean): Promise<void> => {
  for (let wait = 0; wait < 500 && !isSo(); wait += 1) await pause(10)
}

onEachBasis('jobs', (held) => {
  const ctx = () => held.basis.ctx
  const jobsTable = (db: Db) => db.withTables<JobTables>()
  /** The context of another process on the same database. */
  const elsewhere = (): Context<System> =>
    createContext({ ...held.basis.services, db: held.basis.openAgain() }, systemActor('elsewhere'))
  const rowOf = () =>
    jobsTable(held.basis.db).selectFrom('jobs').selectAll().executeTakeFirstOrThrow()
  const makeDue = async (name: string): Promise<void> => {
    await waitFor(ctx(), { name, everySeconds: daySeconds, run: async () => undefined }, 0)
  }
  beforeEach(async () => {
    await jobsTable(held.basis.db).deleteFrom('jobs').execute()
    held.basis.logLines.length = 0
  })

  test('repeat, never twice at once, survive their own faults, and stop when told', async () => {
    const runs = { fine: 0, slow: 0, rejecting: 0, throwing: 0 }
    let [atOnce, mostAtOnce] = [0, 0]
    const jobs: Job[] = [
      {
        name: 'fine',
        everySeconds,
        run: async () => {
          runs.fine += 1
        },
      },
      {
        name: 'slow',
        everySeconds,
        run: async () => {
          runs.slow += 1
          atOnce += 1
          mostAtOnce = Math.max(mostAtOnce, atOnce)
          await pause(50)
          atOnce -= 1
        },
      },
      {
        name: 'rejecting',
        everySeconds,
        run: async () => {
          runs.rejecting += 1
          throw new Error('no luck')
        },
      },
      {
        name: 'throwing',
        everySeconds,
        run: () => {
          runs.throwing += 1
          throw new Error('at once')
        },
      },
    ]
    const scheduled = startJobs(ctx(), jobs)
    const keepAlive = setInterval(() => undefined, 1000)
    try {
      await until(() => Math.min(...Object.values(runs)) >= 2)
      assert.ok(
        Object.values(runs).every((count) => count >= 2),
        JSON.stringify(runs),
      )
      assert.equal(mostAtOnce, 1)
      const failed = held.basis.logLines.filter((line) => line.includes('a job failed')).join('\n')
      assert.match(failed, /rejecting/)
      assert.match(failed, /throwing/)
      await scheduled.stop()
      assert.equal(atOnce, 0, 'it stopped before a run under way had ended')
      const before = { ...runs }
      await pause(40)
      assert.deepEqual(runs, before)
      const known = (await listFailedJobs(held.basis.db)).map((job) => [job.name, job.last_error])
      assert.deepEqual(known, [
        ['rejecting', 'Error: no luck'],
        ['throwing', 'Error: at once'],
      ])
    } finally {
      clearInterval(keepAlive)
      await scheduled.stop()
    }
  })

  test('are done once in a period, by one of two processes', async () => {
    await makeDue('daily')
    const runs: string[] = []
    const job = (where: string): Job => ({
      name: 'daily',
      everySeconds: daySeconds,
      run: async () => {
        runs.push(where)
        await pause(50)
      },
    })
    const processes = [ctx(), elsewhere(), elsewhere()].map((each, index) =>
      startJobs(each, [job(`process ${index}`)]),
    )
    await until(() => runs.length > 0)
    await pause(150)
    for (const each of processes) await each.stop()
    assert.equal(runs.length, 1, runs.join(', '))
  })

  test('that all became due while no server ran are done one after the other', async () => {
    let [atOnce, mostAtOnce, done] = [0, 0, 0]
    const names = ['first', 'second', 'third']
    for (const name of names) await makeDue(name)
    const run = async () => {
      atOnce += 1
      mostAtOnce = Math.max(mostAtOnce, atOnce)
      await pause(20)
      atOnce -= 1
      done += 1
    }
    const scheduled = startJobs(
      ctx(),
      names.map((name) => ({ name, everySeconds: daySeconds, run })),
    )
    await until(() => done === names.length)
    await scheduled.stop()
    assert.deepEqual([done, mostAtOnce], [3, 1])
  })

  test('that are done once a day are done in a server that is restarted every night, once', async () => {
    let runs = 0
    const job: Job = {
      name: 'daily',
      everySeconds: daySeconds,
      run: async () => {
        runs += 1
      },
    }
    const nights: number[] = []
    for (let night = 0; night < 4; night += 1) {
      const scheduled = startJobs(ctx(), [job])
      await pause(60)
      await scheduled.stop()
      nights.push(runs)
      // Every other restart falls within the period.
      held.basis.clock.advance(night % 2 === 0 ? (daySeconds + 1) * 1000 : 3600_000)
    }
    assert.deepEqual(nights, [0, 1, 1, 2], 'at first it is planned, and not for the very start')
  })

  test('of a process that was killed are taken over when its lease is over, and it decides nothing any more', async () => {
    await makeDue('daily')
    const job: Job = { name: 'daily', everySeconds: daySeconds, run: async () => undefined }
    const late = await claimJob(ctx(), job, 60_000)
    assert.ok(late)
    assert.equal(await claimJob(elsewhere(), job, 60_000), null)
    assert.ok((await waitFor(ctx(), job, 0)) > 59_000)
    held.basis.clock.advance(60_002)
    const owner = await claimJob(elsewhere(), job, 60_000)
    assert.ok(owner)
    const ended = { dueAt: ctx().now() + 1, error: null }
    assert.equal(await finishJob(ctx(), late, ended), false)
    assert.equal((await rowOf()).claim_token, owner.claimToken)
    assert.equal(await finishJob(ctx(), owner, ended), true)
  })

  test('are told that the process stops, and what they did not finish is still due', async () => {
    await makeDue('long')
    let hasBegun = false
    const job: Job = {
      name: 'long',
      everySeconds: daySeconds,
      run: async (_ctx, signal) => {
        hasBegun = true
        while (!signal.aborted) await pause(5)
        signal.throwIfAborted()
      },
    }
    const scheduled = startJobs(ctx(), [job])
    await until(() => hasBegun)
    await scheduled.stop()
    const { due_at, lease_until, last_error } = await rowOf()
    assert.ok(due_at <= ctx().now())
    assert.deepEqual([lease_until, last_error], [null, null])
    assert.doesNotMatch(held.basis.logLines.join('\n'), /a job failed/)
  })

  test('whose period was shortened do not wait for the end of the old one', async () => {
    const run = async () => undefined
    await waitFor(ctx(), { name: 'job', everySeconds: daySeconds, run }, daySeconds * 1000)
    assert.equal(await waitFor(ctx(), { name: 'job', everySeconds: 60, run }, 0), 0)
    assert.ok(await claimJob(ctx(), { name: 'job', everySeconds: 60, run }, 1000))
  })

  test('of one name twice are a mistake in the code', () => {
    const job: Job = { name: 'same', everySeconds: 1, run: async () => undefined }
    assert.throws(() => startJobs(ctx(), [job, job]), /"same" is declared twice/)
  })
})

describe('jobs of one period keep apart', () => {
  const daily = times(20, (index) => ({ name: `job ${index}`, everySeconds: daySeconds }))
  const startedAt = Date.UTC(2026, 11, 1, 3)

  test('when they are planned for the first time: soon, and not in the same instant', () => {
    const after = daily.map(firstAfterSeconds)
    assert.ok(new Set(after).size > 15, after.join())
    assert.ok(Math.min(...after) >= 600 && Math.max(...after) < 1200, after.join())
    assert.equal(firstAfterSeconds({ name: 'job', everySeconds: 60 }), 60)
  })

  test('when all of them ran in the same instant, and each stays about its period', () => {
    const due = daily.map((job) => nextDueAt(job, startedAt) - startedAt)
    assert.ok(new Set(due.map((ms) => Math.floor(ms / 60_000))).size > 15, due.join())
    assert.ok(due.every((ms) => ms > 0.9 * daySeconds * 1000 && ms <= daySeconds * 1000))
    for (const job of daily) {
      const second = nextDueAt(job, nextDueAt(job, startedAt))
      assert.equal(second - nextDueAt(job, startedAt), daySeconds * 1000, 'it has found its place')
    }
    assert.equal(nextDueAt({ name: 'job', everySeconds: 60 }, startedAt), startedAt + 60_000)
  })
})
