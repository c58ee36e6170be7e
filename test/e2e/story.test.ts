import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  ada,
  type Browsing,
  fillSignIn,
  setUpInBrowser,
  signInInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'

/** Presses Tab until the field has the focus: what a person without a mouse does. */
const tabTo = async (page: Page, field: Locator): Promise<void> => {
  const id = await field.getAttribute('id')
  for (let step = 0; step < 60; step += 1) {
    if ((await page.evaluate('document.activeElement?.id')) === id) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`Tab never reached ${id}`)
}

const otherDevices = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'totally made-up/1',
]

describe('a person with a browser', () => {
  let app: TestApp
  let browsing: Browsing

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  test('creates the first account, changes their name and signs out', async () => {
    const page = await setUpInBrowser(app, browsing)
    assert.equal(new URL(page.url()).pathname, '/admin/account/profile')
    await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
    await page.getByLabel('Website').fill('https://example.org')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
    await page.reload()
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Ada Lovelace')
    await page.getByRole('button', { name: /your menu/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL('**/login?*')
    await page.getByText('You are signed out of this browser.').waitFor()
    await page.goto(`${app.url}/admin/account/sessions`)
    await page.waitForURL('**/login?*')
  })

  test('sees a calm answer to a wrong password and lands where they wanted to go', async () => {
    const page = await browsing.open('/login?next=%2Fadmin%2Faccount%2Fsessions')
    await fillSignIn(page, { ...ada, password: 'not my password' })
    await page.getByText('The e-mail address or the password is not right.').waitFor()
    await fillSignIn(page)
    await page.waitForURL('**/admin/account/sessions')
    await page.getByRole('heading', { name: 'Sessions & devices' }).waitFor()
  })

  test('is not sent to another site after signing in', async () => {
    const page = await browsing.open('/login?next=%2F%2Fevil.example%2Fx')
    await fillSignIn(page)
    await page.waitForURL('**/admin/account/profile')
    assert.equal(new URL(page.url()).origin, app.url)
  })

  test('sees every place they are signed in, each by device', async () => {
    for (const userAgent of otherDevices) {
      const elsewhere = await signInInBrowser(browsing, { userAgent })
      await elsewhere.close()
    }
    const page = await signInInBrowser(browsing, { path: '/admin/account/sessions' })
    await page.getByText('Firefox on Windows').waitFor()
    await page.getByText('Safari on iOS').waitFor()
    await page.getByText('Unknown program').waitFor()
    assert.equal(
      await page.getByText('totally').count(),
      0,
      'what it calls itself is for the details',
    )
  })

  test('revokes a second browser, and its open page leaves by itself', async () => {
    const first = await signInInBrowser(browsing, { path: '/admin/account/sessions' })
    await first.getByRole('button', { name: 'Revoke all other sessions' }).click()
    await first.getByRole('button', { name: 'Revoke all others' }).click()
    await first.getByText('You are signed in only here.').waitFor()
    const second = await signInInBrowser(browsing)
    await first.reload()
    await first.getByRole('button', { name: /^Revoke session: / }).click()
    await first.getByRole('button', { name: 'Revoke session', exact: true }).click()
    await second.waitForURL('**/login?*reason=ended*', { timeout: 5000 })
    assert.match(second.url(), /next=%2Fadmin%2Faccount%2Fprofile/)
    await first.getByText('You are signed in only here.').waitFor()
  })

  test('signs out in one tab and every tab leaves', async () => {
    const page = await signInInBrowser(browsing)
    const tab = await page.context().newPage()
    await tab.goto(`${app.url}/admin/account/sessions`)
    await tab.getByRole('heading', { name: 'Sessions & devices' }).waitFor()
    await page.getByRole('button', { name: /your menu/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await tab.waitForURL('**/login?*', { timeout: 5000 })
  })

  test('uploads a picture, crops it and removes it again', async () => {
    const page = await signInInBrowser(browsing)
    const content = await sharp({
      create: { width: 800, height: 500, channels: 3, background: '#0f766e' },
    })
      .png()
      .toBuffer()
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: content })
    await page.getByRole('button', { name: 'Save picture' }).click()
    await page.getByText('Your picture was saved.').waitFor()
    const source = await page.locator('main img').first().getAttribute('src')
    assert.match(source ?? '', /^\/api\/v1\/people\/usr_.*\/picture\?v=/)
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('button', { name: 'Remove picture' }).click()
    await page.getByText('Your initials are shown again.').waitFor()
    assert.equal(await page.locator('main img').count(), 0)
  })

  test('is told in words when a text file pretends to be a picture', async () => {
    const page = await signInInBrowser(browsing)
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('just words') })
    await page.getByText(/not a picture, or it is damaged|not a picture that can be used/).waitFor()
    const button = page.locator('button', { hasText: /^(Choose a|Replace) picture$/ })
    assert.ok(await button.evaluate((one) => one === one.ownerDocument.activeElement))
  })

  test('confirms it is them after a while, and what they wanted happens', async () => {
    const other = await signInInBrowser(browsing)
    const page = await signInInBrowser(browsing, { path: '/admin/account/sessions' })
    app.clock.advance(11 * 60 * 1000)
    await page.reload()
    await page.getByRole('button', { name: 'Revoke all other sessions' }).click()
    await page.getByRole('button', { name: 'Revoke all others' }).click()
    const dialog = page.getByRole('dialog', { name: 'Confirm it is you' })
    await dialog.getByLabel('Your password').fill('not this one')
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await dialog.getByText('The password is not right.').waitFor()
    await dialog.getByLabel('Your password').fill(ada.password)
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('You are signed in only here.').waitFor()
    await other.waitForURL('**/login?*', { timeout: 5000 })
  })

  test('changes the password and their other sessions end', async () => {
    const other = await signInInBrowser(browsing)
    const page = await signInInBrowser(browsing)
    await page.getByLabel('Current password').fill(ada.password)
    await page.getByLabel('New password', { exact: true }).fill('marble-otter-77-lantern')
    await page.getByLabel('New password again').fill('marble-otter-77-lantern')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText(/Your password is changed\./).waitFor()
    await other.waitForURL('**/login?*', { timeout: 5000 })
    await page.reload()
    await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
  })

  test('forgets the password and chooses another with the mailed link, which works once', async () => {
    const page = await browsing.open('/forgot-password')
    await page.getByLabel('E-mail address').fill(ada.email)
    await page.getByRole('button', { name: 'Send link' }).click()
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
    const mail = (await app.mails()).findLast((one) => one.subject === 'Choose a new password')
    assert.equal(mail?.to, ada.email)
    await page.goto(mail?.link ?? '')
    await page.getByLabel('New password', { exact: true }).fill(ada.password)
    await page.getByLabel('New password again').fill(ada.password)
    assert.equal(new URL(page.url()).hash, '')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('heading', { name: 'Your password is changed' }).waitFor()
    const again = await browsing.open(
      new URL(mail?.link ?? '').pathname + new URL(mail?.link ?? '').hash,
    )
    await again.getByLabel('New password', { exact: true }).fill('yellow-cinema-18-oak')
    await again.getByLabel('New password again').fill('yellow-cinema-18-oak')
    await again.getByRole('button', { name: 'Change password' }).click()
    await again.getByRole('heading', { name: 'This link no longer works' }).waitFor()
    await signInInBrowser(browsing)
  })

  test('signs in and changes their name with the keyboard alone', async () => {
    const page = await browsing.open('/login')
    await page.getByLabel('E-mail address').focus()
    await page.keyboard.type(ada.email)
    await page.keyboard.press('Tab')
    await tabTo(page, page.getByLabel('Password', { exact: true }))
    await page.keyboard.type(ada.password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/admin/account/profile')
    const name = page.getByLabel('Name', { exact: true })
    await name.waitFor()
    await tabTo(page, name)
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type('Ada by Keyboard')
    await page.keyboard.press('Enter')
    await page.getByText('Saved', { exact: true }).waitFor()
  })

  test('finds the page they look for with Ctrl K', async () => {
    const page = await signInInBrowser(browsing)
    await page.keyboard.press('ControlOrMeta+K')
    await page
      .getByRole('dialog')
      .getByRole('textbox')
      .or(page.getByRole('combobox'))
      .first()
      .fill('session')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/admin/account/sessions')
  })

  test('never saw a page complain', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
