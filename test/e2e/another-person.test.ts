import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Browsing, openAs, startBrowsing } from '#test/harness/browsing.ts'
import { joinAs, type Person, setUpOwner } from '#test/harness/people.ts'

const profile = '/admin/account/profile'

describe('somebody else has signed in in another tab', () => {
  let app: TestApp
  let browsing: Browsing
  let owner: Person
  let bob: Person
  let page: Page

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    owner = await setUpOwner(app)
    bob = await joinAs(app, owner, 'Bob')
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  const nameField = () => page.getByLabel('Name', { exact: true })
  const menuOfBob = () => page.getByRole('button', { name: /Bob/ }).first()
  const nameOf = async ({ browser }: Person): Promise<string> =>
    (await browser.do('account.read-profile')).body.name
  /** What the cookie of this browser is after the other tab signed in. */
  const becomeBob = () =>
    page
      .context()
      .addCookies([
        { name: 'latchkey', value: bob.browser.cookies.get('latchkey') ?? '', url: app.url },
      ])
  test('what was typed as one person is not saved as the other, and the page starts anew as theirs', async () => {
    page = await openAs(browsing, owner.browser, { path: profile })
    await nameField().fill('Ada Renamed')
    await becomeBob()
    await page.getByRole('button', { name: 'Save changes' }).first().click()
    await menuOfBob().waitFor()
    assert.equal(await nameField().inputValue(), 'Bob')
    assert.deepEqual([await nameOf(owner), await nameOf(bob)], ['Ada', 'Bob'])
    await page.close()
  })

  test('a page that only reads notices it too', async () => {
    page = await openAs(browsing, owner.browser, { path: profile })
    await nameField().waitFor()
    await becomeBob()
    await page.getByRole('link', { name: 'Access tokens' }).first().click()
    await menuOfBob().waitFor()
    await page.getByText('You have no access token').waitFor()
    await page.close()
  })

  test('no page complained', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
