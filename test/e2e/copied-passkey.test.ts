import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  assertAccessible,
  type Browsing,
  setUpInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'

describe('a passkey that may have been copied, in a browser that offers it by itself', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page
  const answers: number[] = []
  const setCounter = (counter: number) =>
    app.db
      .withTables<{ passkeys: { counter: number } }>()
      .updateTable('passkeys')
      .set({ counter })
      .execute()

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    page = await setUpInBrowser(app, browsing)
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    page.on('response', (response) => {
      if (response.url().endsWith('/api/v1/sign-in/passkey')) answers.push(response.status())
    })
    await page.goto(`${app.url}/admin/account/passkeys`)
    await page.getByRole('button', { name: 'Add a passkey' }).first().click()
    await page.getByRole('dialog').getByLabel('Name (optional)').fill('This laptop')
    await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
    // The first factor brings recovery codes, which fill the dialog.
    await page.getByText('They are shown only now.').waitFor()
    await page.goto(`${app.url}/admin/account/profile`)
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  test('is refused once, and not asked for again until somebody presses the button', async () => {
    await setCounter(1_000_000)
    await page.getByRole('button', { name: /your menu/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByText('That passkey did not sign you in.').first().waitFor()
    await page.waitForTimeout(3000)
    assert.deepEqual(answers, [401])
    await setCounter(0)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL('**/admin/account/profile')
    assert.deepEqual(answers, [401, 200])
  })

  test('says in the list what was seen, and by mail', async () => {
    await page.goto(`${app.url}/admin/account/passkeys`)
    const row = page.getByRole('listitem').filter({ hasText: 'This laptop' })
    await row.getByText('Perhaps copied').waitFor()
    await row.getByText(/remove it and add a new one/).waitFor()
    await assertAccessible(page, 'a passkey that may have been copied')
    const subjects = (await app.mails()).map((mail) => mail.subject)
    assert.ok(subjects.includes('A passkey may have been copied'))
  })
})
