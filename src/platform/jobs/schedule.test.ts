import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job } from '@latchkey/kit'
import { openBasis } from '#test/harness/basis.ts'
import { firstAfterSeconds, startJobs } from './schedule.ts'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const everySeconds = 0.01

test('jobs repeat, never twice at once, survive their own faults, and stop when told', async () => {
  const basis = await openBasis('sqlite', { isMigrated: false })
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
  const scheduled = startJobs(basis.ctx, jobs)
  const keepAlive = setInterval(() => undefined, 1000)
  try {
    for (let wait = 0; wait < 200 && Math.min(...Object.values(runs)) < 2; wait += 1)
      await pause(10)
    assert.ok(
      Object.values(runs).every((count) => count >= 2),
      JSON.stringify(runs),
    )
    assert.equal(mostAtOnce, 1)
    const failed = basis.logLines.filter((line) => line.includes('a job failed')).join('\n')
    assert.match(failed, /rejecting/)
    assert.match(failed, /throwing/)
    await scheduled.stop()
    assert.equal(atOnce, 0, 'it stopped before a run under way had ended')
    const before = { ...runs }
    await pause(40)
    assert.deepEqual(runs, before)
  } finally {
    clearInterval(keepAlive)
    await scheduled.stop()
    await basis.stop()
  }
})

test('what is done once a day is done in a server that is restarted every night, too', () => {
  assert.equal(firstAfterSeconds({ everySeconds: 24 * 3600 }), 600)
  assert.equal(firstAfterSeconds({ everySeconds: 60 }), 60)
})
