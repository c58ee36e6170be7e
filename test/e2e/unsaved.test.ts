import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  assertAccessible,
  type Browsing,
  setUpInBrowser,
  signInInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'

const sessions = (page: Page) =>
  page.getByLabel('Account sections').getByRole('link', { name: /^Sessions/ })
const question = (page: Page) => page.getByRole('dialog', { name: 'Leave without saving?' })

describe('what is typed and not saved', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    page = await setUpInBrowser(app, browsing)
    await page
      .getByRole('button', { name: 'Not now' })
      .click({ timeout: 3000 })
      .catch(() => {})
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  const open = async (path: string) => {
    await page.goto(`${app.url}${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  const pathNow = () => new URL(page.url()).pathname

  test('is asked about before a link leaves the profile, and stays when I stay', async () => {
    await open('/admin/account/profile')
    await page.getByLabel('Job title').fill('Engineer')
    await sessions(page).click()
    await question(page).waitFor()
    await assertAccessible(page, 'the question before leaving')
    assert.equal(
      await page.evaluate('document.activeElement.textContent'),
      'Stay on this page',
      'Enter must not lose anything',
    )
    await page.keyboard.press('Enter')
    await question(page).waitFor({ state: 'hidden' })
    await page.waitForTimeout(300)
    assert.equal(pathNow(), '/admin/account/profile')
    assert.equal(await page.getByLabel('Job title').inputValue(), 'Engineer')
    assert.match(String(await page.evaluate('document.activeElement.textContent')), /^Sessions/)
  })

  test('is asked about on the way Back and kept after Esc', async () => {
    await open('/admin/account/sessions')
    await page
      .getByLabel('Account sections')
      .getByRole('link', { name: /^Profile/ })
      .click()
    await page.getByLabel('Job title').fill('Engineer')
    await page.goBack()
    await question(page).waitFor()
    await page.keyboard.press('Escape')
    await question(page).waitFor({ state: 'hidden' })
    assert.equal(await page.getByLabel('Job title').inputValue(), 'Engineer')
    assert.equal(pathNow(), '/admin/account/profile')
  })

  test('is left behind when I say so, and the next page has the focus', async () => {
    await open('/admin/account/profile')
    await page.getByRole('textbox', { name: 'Username' }).fill('ada')
    await sessions(page).click()
    await page.getByRole('button', { name: 'Leave without saving' }).click()
    await page.getByRole('heading', { name: 'Sessions & devices', level: 1 }).waitFor()
    await page.waitForTimeout(300)
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1')
  })

  test('is no question once it is saved, or typed back', async () => {
    await open('/admin/account/profile')
    await page.getByLabel('Job title').fill('Engineer')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
    await page.getByLabel('Phone').fill('+44 20')
    await page.getByLabel('Phone').fill('')
    await sessions(page).click()
    await page.getByRole('heading', { name: 'Sessions & devices', level: 1 }).waitFor()
    assert.equal(await question(page).count(), 0)
  })

  test('is asked about on the page of a new token; its own Cancel means it', async () => {
    await open('/admin/account/tokens/new')
    await page.getByLabel('Name', { exact: true }).fill('deploy')
    await sessions(page).click()
    await question(page).waitFor()
    await page.getByRole('button', { name: 'Stay on this page' }).click()
    await question(page).waitFor({ state: 'hidden' })
    await page.getByRole('link', { name: 'Cancel' }).click()
    await page.waitForURL('**/admin/account/tokens')
  })

  test('is asked about by the browser when the tab closes', async () => {
    await open('/admin/account/profile')
    await page.getByLabel('Job title').fill('Admiral')
    const asked = page.waitForEvent('dialog')
    void page.reload().catch(() => undefined)
    const dialog = await asked
    assert.equal(dialog.type(), 'beforeunload')
    await dialog.dismiss()
    assert.equal(await page.getByLabel('Job title').inputValue(), 'Admiral')
  })

  test('never holds a page whose session has ended', async () => {
    const other = await signInInBrowser(browsing)
    let wasAsked = false
    page.on('dialog', (dialog) => {
      wasAsked = true
      void dialog.dismiss()
    })
    await other.goto(`${app.url}/admin/account/sessions`)
    await other.getByRole('button', { name: 'Revoke all other sessions' }).click()
    await other.getByRole('button', { name: 'Revoke all others' }).click()
    await page.waitForURL('**/login?*reason=ended*', { timeout: 5000 })
    assert.equal(wasAsked, false)
    assert.deepEqual(browsing.complaints(), [])
  })
})
