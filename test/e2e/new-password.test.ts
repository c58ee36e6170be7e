import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  ada,
  assertAccessible,
  type Browsing,
  setUpInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'
import { tokenIn } from '#test/harness/mails.ts'

const refused = 'This one cannot be used.'
const isOwn = 'It is mostly your name or address, or the name of this site.'

describe('a person choosing a password', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page

  const field = (label: string) => page.getByLabel(label, { exact: true })
  const meterSays = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
  const filledSteps = () => page.locator('[data-strength] [data-filled]').count()
  const change = async (password: string) => {
    await field('Current password').fill(ada.password)
    await field('New password').fill(password)
    await field('New password again').fill(password)
    await page.getByRole('button', { name: 'Change password' }).click()
  }
  const resetPage = async (): Promise<Page> => {
    await app.newBrowser().do('password.request-reset', { email: ada.email })
    return browsing.open(`/reset-password#token=${tokenIn((await app.mails()).at(-1))}`)
  }

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
  })
  after(async () => {
    await browsing.close()
    await app.stop()
  })

  test('is told at set-up that their own address is none, by the meter and beside the field', async () => {
    page = await browsing.open(`/setup#code=${encodeURIComponent(app.setupCode)}`)
    await field('Organisation name').fill('Acme Harbour')
    await field('Your name').fill(ada.name)
    await field('E-mail address').fill(ada.email)
    await field('Password').fill(ada.email)
    await meterSays(`Not strong enough. ${isOwn}`)
    await page.getByRole('button', { name: 'Create organisation' }).click()
    await page.getByText(isOwn, { exact: true }).waitFor()
    await meterSays(refused)
    await assertAccessible(page, 'a refused password at set-up')
    page = await setUpInBrowser(app, browsing)
  })

  test('reads that the new password is the current one, and the meter does not praise it', async () => {
    await field('New password').fill(ada.password)
    await meterSays('Strong.')
    await change(ada.password)
    await page
      .getByText('This is your current password. Choose another.', { exact: true })
      .waitFor()
    await meterSays(refused)
    assert.equal(await filledSteps(), 1)
    assert.equal(await page.getByText('too easy to guess').count(), 0)
    await field('New password').fill(`${ada.password} `)
    await meterSays('Strong.')
    assert.equal(await page.getByText('This is your current password.').count(), 0)
  })

  test('is told while typing that their own name is none, without typing it anywhere else', async () => {
    await field('New password').fill(`${ada.name} 1`)
    await meterSays(`Not strong enough. ${isOwn}`)
    await change(`${ada.name} 1`)
    await page.getByText(isOwn, { exact: true }).waitFor()
    await meterSays(refused)
    await assertAccessible(page, 'a refused new password')
  })

  test('is told the same on the page of the mailed link', async () => {
    page = await resetPage()
    await field('New password').fill(ada.email)
    await meterSays(`Not strong enough. ${isOwn}`)
    await field('New password again').fill(ada.email)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText(isOwn, { exact: true }).waitFor()
    await meterSays(refused)
    await assertAccessible(page, 'a refused password on the page of the link')
  })

  test('who mistypes their address reads it beside the field instead of waiting for a mail', async () => {
    page = await browsing.open('/forgot-password')
    for (const typed of ['nobody@x', 'nobody', 'nobody@example..com']) {
      await field('E-mail address').fill(typed)
      await page.getByRole('button', { name: 'Send link' }).click()
      await page.getByText('Enter an address like name@example.com.').waitFor()
      await field('E-mail address').fill('')
      assert.equal(await page.getByText('Enter an address like').count(), 0)
    }
    await field('E-mail address').fill('nobody@example,com')
    await page.getByRole('button', { name: 'Send link' }).click()
    await page.getByText('Enter an address like name@example.com.').waitFor()
    await field('E-mail address').fill('nobody@example.com')
    await page.getByRole('button', { name: 'Send link' }).click()
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
  })

  test('is told the same where they accept an invitation', async () => {
    const owner = app.newBrowser()
    await owner.do('sign-in.start', { email: ada.email, password: ada.password })
    await owner.do('people.invite', { email: 'grace.hopper@example.com', role: 'member' })
    page = await browsing.open(`/invite#token=${tokenIn((await app.mails()).at(-1))}`)
    await field('Your name').fill('Grace')
    await field('Password').fill('grace-hopper-1')
    await meterSays(`Not strong enough. ${isOwn}`)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText(isOwn, { exact: true }).waitFor()
    await meterSays(refused)
    assert.deepEqual(browsing.complaints(), [])
  })
})
