import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { writeNotes } from '#platform/activity-notes/notes.ts'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  ada,
  assertAccessible,
  type Browsing,
  setUpInBrowser,
  signInInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'
import { withApiKey } from '#test/harness/keys.ts'
import { minutes } from '#test/harness/scene.ts'

const path = '/admin/account/api-key'

describe('a person with an API key', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page
  let key = ''

  const statusOf = async (value: string): Promise<number> =>
    (await withApiKey(app, value, ada.email).do('account.me')).status
  const shownKey = async (): Promise<string> => {
    const list = page.getByRole('list', { name: 'API key' })
    await list.waitFor()
    return (await list.textContent()) ?? ''
  }
  const assertNowhere = async (value: string): Promise<void> =>
    assert.equal((await page.content()).includes(value), false)
  const waitForFocus = (name: string): Promise<void> =>
    page.locator(':focus', { hasText: name }).waitFor()

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    page = await setUpInBrowser(app, browsing)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  test('finds the page in the menu, creates the key and is shown it', async () => {
    await page.getByRole('link', { name: 'API key' }).click()
    await page.waitForURL(`**${path}`)
    await page.getByRole('button', { name: 'Create API key' }).click()
    await page.getByText('Your API key was created.').waitFor()
    key = await shownKey()
    assert.match(key, /^cfk_[0-9A-Za-z]{36}$/)
    await waitForFocus('Your API key')
    const line = page.getByText(`curl -u 'ada@example.com:${key}' ${app.url}/api/v1/account/me`)
    await line.waitFor()
    assert.equal(await statusOf(key), 200)
    await assertAccessible(page, 'the key is shown')
  })

  test('hides it, and from then on sees its last four and what used it', async () => {
    await page.getByRole('button', { name: 'Hide' }).click()
    await page.getByText(`cfk_••••••••${key.slice(-4)}`).waitFor()
    await page.getByText('YOUR_API_KEY').first().waitFor()
    await assertNowhere(key)
    // A use is noted within a few seconds.
    await writeNotes(app.db)
    await page.reload()
    await page.getByText('curl/8.14.1').waitFor()
    await assertNowhere(key)
    await assertAccessible(page, 'the key is masked')
  })

  test('copies it after confirming it is them, without it being shown', async () => {
    app.clock.advance(minutes(11))
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Confirm it is you' })
    await dialog.getByText('Show or copy your API key').first().waitFor()
    await dialog.getByLabel('Your password').fill(ada.password)
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), key)
    await assertNowhere(key)
  })

  test('is shown it to copy by hand where the browser does not let a page copy', async () => {
    const other = await signInInBrowser(browsing, { path })
    await other.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    await other.getByRole('button', { name: 'Copy', exact: true }).click()
    await other.getByText(key, { exact: true }).waitFor()
    await other.close()
  })

  test('regenerates it and chooses that both work for a day', async () => {
    await page.getByRole('button', { name: 'Regenerate' }).click()
    const dialog = page.getByRole('dialog', { name: 'Regenerate your API key?' })
    const button = dialog.getByRole('button', { name: 'Regenerate key' })
    const isRed = async () => /red/.test((await button.getAttribute('style')) ?? '')
    assert.equal(await isRed(), false)
    await dialog.getByLabel('At once').check()
    await dialog.getByText('The old key stops working now').waitFor()
    assert.equal(await isRed(), true, 'red for what ends something at once')
    await assertAccessible(page, 'the regenerate dialog')
    await dialog.getByLabel('In 24 hours').check()
    assert.equal(await isRed(), false)
    await dialog.getByRole('button', { name: 'Regenerate key' }).click()
    await page.getByText('Your API key was regenerated.').waitFor()
    const next = await shownKey()
    assert.notEqual(next, key)
    await page.getByText(`ending in ${key.slice(-4)}, works until`).waitFor()
    assert.deepEqual([await statusOf(key), await statusOf(next)], [200, 200])
    await assertAccessible(page, 'two keys work')
    await page.getByRole('button', { name: 'Hide' }).click()
    await page.getByRole('button', { name: 'Regenerate' }).click()
    await dialog.getByText(`ending in ${key.slice(-4)}, stops working now`).waitFor()
    await dialog.getByLabel('At once').check()
    await dialog.getByRole('button', { name: 'Regenerate key' }).click()
    await dialog.waitFor({ state: 'hidden' })
    const last = await shownKey()
    const working = [await statusOf(key), await statusOf(next), await statusOf(last)]
    assert.deepEqual(working, [401, 401, 200])
    key = last
  })

  test('is told when another window was quicker', async () => {
    const other = await signInInBrowser(browsing, { path })
    await other.getByRole('button', { name: 'Regenerate' }).click()
    const dialog = other.getByRole('dialog')
    await page.getByRole('button', { name: 'Regenerate' }).click()
    await page.getByRole('dialog').getByLabel('At once').check()
    await page.getByRole('button', { name: 'Regenerate key' }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await dialog.getByRole('button', { name: 'Regenerate key' }).click()
    await dialog.getByText('was replaced or deleted meanwhile').waitFor()
    key = await shownKey()
    assert.equal(await statusOf(key), 200)
    await other.close()
  })

  test('deletes it, on a phone and by keyboard', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await page.getByRole('button', { name: 'Delete API key' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Delete your API key?' })
    await assertAccessible(page, 'the delete dialog')
    await dialog.getByRole('button', { name: 'Delete key' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('You have no API key.').waitFor()
    await waitForFocus('Your API key')
    assert.equal(await statusOf(key), 401)
    await assertNowhere(key)
    assert.deepEqual(browsing.complaints(), [])
  })

  test('is told when the page cannot be loaded, and tries again', async () => {
    await page.route('**/api/v1/account/api-key', (route) => route.abort())
    await page.reload()
    await page.getByText('Your API key could not be loaded.').waitFor()
    await assertAccessible(page, 'the page failed')
    await page.unroute('**/api/v1/account/api-key')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('button', { name: 'Create API key' }).waitFor()
  })
})
