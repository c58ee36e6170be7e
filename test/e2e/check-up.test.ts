import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Browsing, openAs, startBrowsing } from '#test/harness/browsing.ts'
import { addPasskey, newcomer, newcomerWithApp } from '#test/harness/factors.ts'
import { setUpOwner } from '#test/harness/people.ts'
import type { Scene } from '#test/harness/scene.ts'

const path = '/admin/account/security'

const headings = (page: Page) => page.getByRole('heading', { level: 2 }).allTextContents()
/** Names of the rows of a card, without their facts. */
const rowsOf = async (page: Page, list: string): Promise<readonly string[]> => {
  const actions = page.getByRole('list', { name: list }).locator('a, button')
  await actions.first().waitFor()
  return actions.evaluateAll((found) =>
    found.map((one) => one.getAttribute('aria-label')?.split(': ').at(-1) ?? ''),
  )
}

describe('a person who checks what protects them', () => {
  let app: TestApp
  let browsing: Browsing
  let scene: Scene

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    scene = { app, owner: await setUpOwner(app), engine: 'sqlite' }
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  test('sees first what is left to do, then what is there, then what happened', async () => {
    const { browser } = await newcomer(scene)
    const page = await openAs(browsing, browser, { path })
    const open = await rowsOf(page, 'Do next')
    assert.deepEqual(open, ['Add a passkey', 'Turn on two-factor authentication'])
    assert.deepEqual(await rowsOf(page, 'What protects you'), ['Password'])
    assert.deepEqual(await rowsOf(page, 'What can use your account'), ['Where you are signed in'])
    assert.deepEqual(await headings(page), [
      'Do next',
      'What protects you',
      'What can use your account',
      'Recent security events',
    ])
    await page.close()
  })

  test('is told calmly that nothing is left, and sees passkeys above the password', async () => {
    const { browser, codes } = await newcomerWithApp(scene)
    await addPasskey(app, browser, { backupEligible: true })
    await browser.do('two-factor.acknowledge-codes', { code: codes[4] })
    const page = await openAs(browsing, browser, { path })
    await page.getByText('Nothing is left to do here.').waitFor()
    const rows = ['Passkeys', 'Two-factor authentication', 'Recovery codes', 'Password']
    assert.deepEqual(await rowsOf(page, 'What protects you'), rows)
    const passkeys = page.getByRole('listitem').filter({ hasText: 'Passkeys' })
    await passkeys.getByText('Not used yet').waitFor()
    await page.close()
  })

  test('reads what happened in the language of the page', async () => {
    const { browser } = await newcomer(scene)
    const page = await openAs(browsing, browser, { path: `${path}?locale=en-XA` })
    const events = page.getByRole('listitem').filter({ has: page.locator('time') })
    await events.first().waitFor()
    for (const words of await events.allTextContents())
      assert.doesNotMatch(words, /signed in|account was created/i)
    await page.close()
  })

  test('never saw a page complain', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
