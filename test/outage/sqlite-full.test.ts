import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import { assertRefused, isSignedIn } from '#test/harness/scene.ts'

describe('An embedded database without room to grow', () => {
  let app: TestApp
  let ada: Person
  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    ada = await setUpOwner(app)
  })
  after(() => app.stop())

  /** SQLite gives the same error as on a full disk. Below what there is, it is set to what there is. */
  const limitPages = (pages: number) => sql.raw(`pragma max_page_count = ${pages}`).execute(app.db)
  const countOf = async (table: string): Promise<number> => {
    const counted = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(
      app.db,
    )
    return counted.rows[0]?.n ?? 0
  }
  const countLines = (from: number, words: string): number =>
    app.logLines.slice(from).filter((line) => line.includes(words)).length

  /** Until the pages that are there are used up: a change that fits into them is made. */
  const renameUntilFull = async () => {
    for (let round = 0; round < 5000; round++) {
      const answer = await ada.browser.do('account.update-profile', { name: `Ada ${round}` })
      if (answer.status !== 200) return { answer, name: `Ada ${round - 1}` }
    }
    throw new Error('the database never was full')
  }

  test('says that nothing happened, keeps all of what was said and nothing of what was not', async () => {
    const from = app.logLines.length
    await limitPages(1)
    const { answer, name } = await renameUntilFull()
    assertRefused(answer, 503, 'http.storage_full')
    assert.equal(answer.headers['retry-after'], '30')
    const entries = await countOf('audit_entries')
    const refused = await ada.browser.do('account.update-profile', { name: 'x'.repeat(60) })
    assertRefused(refused, 503, 'http.storage_full')
    assert.equal(await countOf('audit_entries'), entries)
    assert.equal((await ada.browser.do('account.me')).body.name, name, 'reads are answered')
    assert.equal(
      (await ada.browser.send({ method: 'GET', path: '/readyz' })).text,
      'not ready: the disk is full\n',
    )
    const ended = await ada.browser.do('sign-in.end')
    if (ended.status !== 200) {
      assertRefused(ended, 503, 'http.storage_full')
      assert.equal(await isSignedIn(app, ada.browser), true, 'it was not ended, and that was said')
    }
    await limitPages(1_000_000)
    while (countLines(from, 'database is over') === 0) await sleep(100)
    assert.equal((await ada.browser.do('account.update-profile', { name: 'Ada' })).status, 200)
    const lines = app.logLines.slice(from)
    assert.equal(countLines(from, 'trouble began: the disk is full'), 1)
    assert.deepEqual(
      lines.filter((line) => /stack|cannot rollback/.test(line)),
      [],
    )
  })
})
