// Keeps the test harness's PostgreSQL as a child process, for as long as the test run lasts.
import { createInterface } from 'node:readline'
import { say, start, stop, testVariable } from './processes.mjs'

const startMillisMax = 60_000

const firstLine = (child) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, startMillisMax)
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer)
      resolve(line)
    })
    child.ended.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })

/**
 * Without PostgreSQL the tests still run, on SQLite; that it is missing is a failure of its own.
 * A server named in LATCHKEY_TEST_POSTGRES_URL is used as it is and left running.
 */
export const startPostgres = async (node, tally) => {
  const given = process.env[testVariable]
  if (given) {
    say(`  using the server named in ${testVariable}`)
    return { env: {}, stop: async () => {} }
  }
  const child = start(node, ['test/harness/postgres.ts'], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => {})
  const line = await firstLine(child)
  if (!line) {
    await stop(child)
    say('  ✗ did not start')
    tally.check('PostgreSQL', 'failed')
    return { env: {}, stop: async () => {} }
  }
  const { url, version, millis } = JSON.parse(line)
  say(`  ✓ ${version} (${(millis / 1000).toFixed(1)} s)`)
  return {
    // The second says that what tests make there need not be cleared away.
    env: { [testVariable]: url, LATCHKEY_TEST_POSTGRES_OURS: '1' },
    stop: async () => {
      // It stops the server when its input closes, so it also ends when this process is killed.
      child.stdin.end()
      const timer = setTimeout(() => stop(child), 10_000)
      await child.ended
      clearTimeout(timer)
    },
  }
}
