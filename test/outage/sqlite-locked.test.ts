import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { latchkey } from '#test/harness/cli.ts'
import { holdWriteLock } from '#test/harness/lock-holder.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import { assertRefused, times } from '#test/harness/scene.ts'

describe('An embedded database whose write lock another process holds', () => {
  let app: TestApp
  let ada: Person
  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    ada = await setUpOwner(app)
  })
  after(() => app.stop())

  const hold = () => holdWriteLock(join(app.dataDir, 'latchkey.db'))
  const rename = (name: string) => ada.browser.do('account.update-profile', { name })
  const ready = async (): Promise<string> =>
    (await ada.browser.send({ method: 'GET', path: '/readyz' })).text
  const countLines = (words: string): number =>
    app.logLines.filter((line) => line.includes(words)).length

  test('makes a change wait, and it is made as soon as the lock is free', async () => {
    const lock = await hold()
    const renamed = rename('Ada the First')
    await sleep(300)
    await lock.release()
    assert.equal((await renamed).status, 200)
    assert.equal((await ada.browser.do('account.me')).body.name, 'Ada the First')
    assert.equal(countLines('trouble began'), 0, 'a short wait is no outage')
  })

  test('makes a command wait as well, which then says that it was not done', async () => {
    const lock = await hold()
    const where = { dataDir: app.dataDir }
    const said = await latchkey(where, 'user', 'create', '--email', 'zoe@example.com', '--json')
    await lock.release()
    assert.equal(said.code, 1, said.stderr)
    assert.deepEqual(said.json().error, {
      code: 'cli.database',
      message: 'It was not done: another process or session holds a lock on the database.',
      help: 'Try again when that is over.',
    })
    assert.doesNotMatch(said.stderr, / {4}at /)
    const again = await latchkey(where, 'user', 'create', '--email', 'zoe@example.com', '--json')
    assert.equal(again.code, 0, again.stderr)
  })

  test('never holds up who only reads, and no change waits longer than five seconds', async () => {
    const lock = await hold()
    const since = performance.now()
    const changes = Promise.all(times(3, (index) => rename(`Ada ${index}`)))
    let isWaiting = true
    const done = changes.finally(() => {
      isWaiting = false
    })
    const reads: number[] = []
    while (isWaiting) {
      const askedAt = performance.now()
      assert.equal((await ada.browser.do('account.me')).status, 200)
      assert.equal((await ada.browser.do('verify.check')).status, 200)
      reads.push(performance.now() - askedAt)
      await sleep(20)
    }
    const refused = await done
    const seconds = (performance.now() - since) / 1000
    for (const answer of refused) {
      assertRefused(answer, 503, 'http.busy')
      assert.equal(answer.headers['retry-after'], '2')
    }
    assert.ok(seconds >= 4.5 && seconds < 9, `refused after ${seconds} s`)
    assert.ok(reads.length > 20, `${reads.length} reads were answered meanwhile`)
    assert.ok(Math.max(...reads) < 2000, `a read took ${Math.max(...reads)} ms`)
    assert.equal(
      await ready(),
      'not ready: another process or session holds a lock on the database\n',
    )
    await lock.release()
    assert.equal((await rename('Ada again')).status, 200)
    while ((await ready()) !== 'ready\n') await sleep(200)
    assert.deepEqual([countLines('trouble began'), countLines('database is over')], [1, 1])
  })
})
