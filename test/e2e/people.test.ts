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
import { joinAs, signIn } from '#test/harness/people.ts'

describe('who invites somebody', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    page = await setUpInBrowser(app, browsing)
    await page.goto(`${app.url}/admin/people`)
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  const grace = () =>
    page.getByRole('list', { name: 'Invited' }).getByText('grace@example.com', { exact: true })

  test('sees at once who was invited, and is not told that nobody was', async () => {
    await page.getByText('Nobody else is here yet.').waitFor()
    await page.getByText('No invitation is open.').waitFor()
    await page.getByRole('button', { name: 'Invite the first person' }).click()
    await page.getByRole('dialog').getByLabel('E-mail address').fill('grace@example.com')
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await grace().waitFor()
    assert.equal(await page.getByText('Nobody else is here yet.').count(), 0)
    await assertAccessible(page, 'People with an invitation')
  })

  test('sends it again, and takes it back by keyboard', async () => {
    await page.getByRole('button', { name: 'Actions for grace@example.com' }).click()
    await page.getByRole('menuitem', { name: 'Send again' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
    await page.getByText('A new invitation was sent to grace@example.com.').waitFor()
    assert.equal((await app.mails()).filter(({ to }) => to === 'grace@example.com').length, 2)
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Actions for grace@example.com' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Withdraw invitation' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('The link that was sent stops working at once.').waitFor()
    await dialog.getByRole('button', { name: 'Withdraw invitation' }).press('Enter')
    await page.getByText('No invitation is open.').waitFor()
    await page.waitForTimeout(300)
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Invited')
    assert.deepEqual(browsing.complaints(), [])
  })

  test('reads the whole name of somebody before disabling them, however long the word is', async () => {
    const inviter = { browser: await signIn(app, ada), ...ada, userId: '' }
    const name = 'Wolfeschlegelsteinhausen'.repeat(3).slice(0, 60)
    await joinAs(app, inviter, name)
    await page.setViewportSize({ width: 360, height: 740 })
    await page.reload()
    await page.getByRole('button', { name: `Actions for ${name}` }).click()
    await page.getByRole('menuitem', { name: 'Disable account' }).click()
    await page.getByRole('dialog').getByText(`${name} is signed out everywhere`).waitFor()
    await assertAccessible(page, 'disabling somebody with a long name')
    await page.keyboard.press('Escape')
  })
})
