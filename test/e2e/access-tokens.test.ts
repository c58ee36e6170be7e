import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { writeNotes } from '#platform/activity-notes/notes.ts'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  ada,
  assertAccessible,
  type Browsing,
  fillSignIn,
  setUpInBrowser,
  signInInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'

const list = '/admin/account/tokens'
const form = '/admin/account/tokens/new'
const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
const tokenForm = /^cfp_[0-9A-Za-z]{36}$/

const phones: readonly BrowserContextOptions[] = [
  { viewport: { width: 360, height: 740 }, colorScheme: 'light' },
  { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
]

const hasFocus = async (page: Page, element: Locator): Promise<boolean> =>
  (await page.evaluate('document.activeElement?.id')) === (await element.getAttribute('id'))

/** Presses Tab until the element has the focus, as a user without a mouse does. */
const tabTo = async (page: Page, element: Locator): Promise<void> => {
  for (let step = 0; step < 80; step += 1) {
    if (await hasFocus(page, element)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`Tab never reached ${element}`)
}

const copied = async (page: Page): Promise<string> =>
  String(await page.evaluate('navigator.clipboard.readText()'))

describe('a person who lets programs act for them', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page
  let token = ''

  const call = async (value: string, path = '/api/v1/account/me') => {
    const answer = await fetch(`${app.url}${path}`, {
      headers: { authorization: `Bearer ${value}`, 'user-agent': 'curl/8.14.1' },
    })
    // A use is noted within a few seconds; the page that is looked at next shall show it.
    await writeNotes(app.db)
    return answer
  }

  const dialog = () => page.getByRole('dialog')

  /** Copies the token off the panel and says that it is saved. */
  const saveToken = async (): Promise<string> => {
    await dialog().getByText('It is shown only now.').waitFor()
    await dialog().getByRole('button', { name: 'Copy token' }).click()
    await dialog().getByText('Copied', { exact: true }).waitFor()
    const value = await copied(page)
    assert.match(value, tokenForm)
    await dialog().getByRole('button', { name: 'I have saved it' }).click()
    await dialog().waitFor({ state: 'hidden' })
    return value
  }

  const act = async (name: string, wanted: 'Rotate' | 'Revoke'): Promise<void> => {
    await page
      .getByRole('button', { name: `Actions for ${name}` })
      .first()
      .click()
    await page.getByRole('menuitem', { name: wanted }).click()
    await dialog().waitFor()
  }

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

  test('finds the page in the menu, and the form in the palette', async () => {
    const menu = page.getByRole('navigation', { name: 'Account sections' })
    await menu.getByRole('link', { name: 'Access tokens' }).click()
    await page.getByText('You have no access token.').waitFor()
    assert.equal(await page.getByRole('link', { name: 'Create a token' }).count(), 1)
    assert.equal(await page.title(), 'Access tokens · Latchkey')
    assert.equal(await menu.getByRole('link', { name: 'Create an access token' }).count(), 0)
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Type a page or an action').fill('create access')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Create an access token', level: 1 }).waitFor()
    assert.equal(new URL(page.url()).pathname, form)
    const crumbs = page.getByRole('navigation', { name: 'Breadcrumbs' })
    await crumbs.getByRole('link', { name: 'Access tokens' }).waitFor()
  })

  test('chooses scopes by keyboard, and reads what the token will be able to do', async () => {
    const summary = page.getByRole('region', { name: 'What this token will be able to do' })
    await summary.getByText('No scope is granted.').waitFor()
    await summary.getByText(/Only say who it is/).waitFor()
    const read = page.getByRole('checkbox', { name: 'Account: read' })
    const flows = page.getByRole('checkbox', { name: 'Flows', exact: true })
    const flowsRead = page.getByRole('checkbox', { name: 'Flows: read' })
    await page.getByLabel('Name').fill('Backup script')
    await tabTo(page, read)
    await page.keyboard.press('Space')
    // Said once, for all that is below.
    assert.equal(await page.getByText(/^Nothing here asks for any of these\./).count(), 1)
    await tabTo(page, flows)
    await page.keyboard.press('Space')
    await summary.getByText(/Nothing here asks for it\. Applications behind/).waitFor()
    assert.equal(await flowsRead.isChecked(), true)
    assert.equal(await flowsRead.isDisabled(), true)
    const means = await flowsRead.getAttribute('aria-describedby')
    const said = await page.locator(`[id="${means?.split(' ')[0]}"]`).textContent()
    assert.equal(said, 'Included in “Flows”.')
    await page.keyboard.press('Tab')
    assert.equal(
      await hasFocus(page, page.getByRole('checkbox', { name: 'Connections', exact: true })),
      true,
      'what is included is passed over',
    )
    await summary.getByText('2 scopes are granted.').waitFor()
    await summary.getByText('Read your profile, picture and audit log.').waitFor()
    await summary.getByText(/^Never: manage sessions, passwords/).waitFor()
    await tabTo(page, flows)
    await page.keyboard.press('Space')
    assert.equal(await flowsRead.isChecked(), false)
    await summary.getByText('1 scope is granted.').waitFor()
    await assertAccessible(page, form)
  })

  test('confirms it is them, keeps what was typed, and the copied token works', async () => {
    app.clock.advance(11 * 60 * 1000)
    await page.getByRole('button', { name: 'Create token' }).click()
    const confirm = page.getByRole('dialog', { name: 'Confirm it is you' })
    await confirm.getByText('Create an access token.').waitFor()
    await confirm.getByLabel('Your password').fill(ada.password)
    await page.keyboard.press('Enter')
    await dialog().getByText('It is shown only now.').waitFor()
    await assertAccessible(page, 'the panel with the token')
    const line = await dialog()
      .getByText(/^curl /)
      .textContent()
    await dialog().getByRole('button', { name: 'Copy command' }).click()
    assert.equal(await copied(page), line)
    await page.keyboard.press('Escape')
    await dialog().getByText('It cannot be shown again.', { exact: false }).waitFor()
    await dialog().getByRole('button', { name: 'Back to the token' }).click()
    token = await saveToken()
    assert.equal(line, `curl -H "Authorization: Bearer ${token}" ${app.url}/api/v1/account/me`)
    await page.waitForURL(`**${list}`)
    const answer = await call(token)
    assert.equal(answer.status, 200)
    const { email, credential } = (await answer.json()) as {
      email: string
      credential: { scopes: string[]; expiresAt: string }
    }
    assert.equal(email, ada.email)
    assert.deepEqual(credential.scopes, ['account:read'])
    const days = (Date.parse(credential.expiresAt) - app.clock.now()) / (24 * 3600 * 1000)
    assert.equal(Math.round(days), 365)
  })

  test('leaves the token nowhere: not in the address, the storage, the page or the log', async () => {
    const kept = String(
      await page.evaluate(
        'JSON.stringify([location.href, history.state, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])',
      ),
    )
    assert.equal(kept.includes(token), false)
    assert.equal(
      app.logLines.some((line) => line.includes(token)),
      false,
    )
    assert.ok(kept.includes(`cfp_…${token.slice(-4)}`), 'the last four are what stays')
  })

  test('sees when, from where and by what it was last used', async () => {
    await page.reload()
    const row = page.getByRole('listitem').filter({ hasText: 'Backup script' })
    await row.getByText(/Last used .* by curl\/8\.14\.1/).waitFor()
    await page.getByRole('button', { name: 'Backup script', exact: true }).click()
    await row.getByText('account:read').waitFor()
    await assertAccessible(page, 'the list with an open row')
    const check = await page.context().newPage()
    await check.goto(`${app.url}/admin/account/security`)
    await check.getByText('1 access token works.', { exact: false }).waitFor()
    await check.close()
  })

  test('rotates it side by side: both work for a day, then the old one does not', async () => {
    await act('Backup script', 'Rotate')
    await dialog()
      .getByText(/Both work until/)
      .waitFor()
    const chosen = page.getByRole('radio', { name: 'After 24 hours, side by side' })
    assert.equal(await chosen.evaluate((radio) => radio.matches(':focus')), true)
    await assertAccessible(page, 'the rotation')
    await dialog().getByRole('button', { name: 'Rotate token' }).click()
    const successor = await saveToken()
    assert.notEqual(successor, token)
    await page.getByText('Replaced', { exact: true }).waitFor()
    await page.getByText('Still works, ends').waitFor()
    assert.equal((await call(token)).status, 200)
    assert.equal((await call(successor)).status, 200)
    await page.getByRole('button', { name: 'Actions for Backup script' }).last().click()
    assert.equal(await page.getByRole('menuitem', { name: 'Rotate' }).count(), 0)
    await page.keyboard.press('Escape')
    app.clock.advance(24 * 3600 * 1000 + 1000)
    assert.equal((await call(token)).status, 401)
    assert.equal((await call(successor)).status, 200)
    token = successor
  })

  test('rotates one at once', async () => {
    // A day has gone by, and with it the session.
    await page.goto(`${app.url}${list}`)
    await page.waitForURL('**/login?*')
    await fillSignIn(page)
    await page.waitForURL(`**${list}`)
    await act('Backup script', 'Rotate')
    await dialog().getByLabel('At once').check()
    await dialog().getByRole('button', { name: 'Rotate token' }).click()
    const successor = await saveToken()
    assert.equal((await call(token)).status, 401)
    assert.equal((await call(successor)).status, 200)
    token = successor
  })

  test('revokes it, and finds it among those that have ended', async () => {
    await act('Backup script', 'Revoke')
    await dialog().getByText('Calls with it fail from now on.', { exact: false }).waitFor()
    await dialog()
      .getByText(/It was last used .* from .* by curl\/8\.14\.1/)
      .waitFor()
    await dialog().getByRole('button', { name: 'Revoke token' }).click()
    await page.getByText('“Backup script” was revoked.').waitFor()
    assert.equal((await call(token)).status, 401)
    const filter = page.getByRole('group', { name: 'Which tokens are shown' })
    await filter.getByText('Active', { exact: true }).click()
    await page.getByText('No token works at the moment.').waitFor()
    await page.getByText('Ended', { exact: true }).click()
    const names = page.getByRole('list', { name: 'Your tokens' }).getByText('Backup script')
    await names.first().waitFor()
    assert.equal(await names.count(), 3)
    assert.equal(await page.getByRole('button', { name: /^Actions for/ }).count(), 0)
  })

  test('follows a link that fills the form in, signed out or not, and decides alone', async () => {
    const query = 'name=Deploy%20bot&scopes=mcp:flows:read&scopes=account:read,tea:brew&expires=90d'
    const other = await browsing.open(`${form}?${query}`)
    await other.waitForURL('**/login?*')
    await fillSignIn(other)
    await other.waitForURL(`**${form}?*`)
    await other.getByText('Filled in by a link. Check what it asks for.').waitFor()
    assert.equal(await other.getByLabel('Name').inputValue(), 'Deploy bot')
    assert.equal(await other.getByLabel('90 days').isChecked(), true)
    assert.equal(await other.getByRole('checkbox', { name: 'Flows: read' }).isChecked(), true)
    assert.equal(await other.getByRole('checkbox', { name: 'Account: read' }).isChecked(), true)
    await other.getByText('tea:brew').waitFor()
    await assertAccessible(other, 'the form filled in by a link')
    await other.getByLabel('Name').press('Enter')
    await other.waitForTimeout(500)
    assert.equal(await other.getByRole('dialog').count(), 0)
    const made = await other.request.get(`${app.url}/api/v1/account/tokens?state=active`)
    assert.deepEqual(((await made.json()) as { tokens: unknown[] }).tokens, [])
    await other.close()
  })

  test('is not harmed by a link that means harm', async () => {
    const attack = '<script>document.title="taken"</script><img src=x onerror=alert(1)>'
    const long = 'x'.repeat(10_000)
    const links = [
      { name: attack, scopes: `${attack},mcp`, expires: attack },
      { name: long, scopes: '' },
      { name: 'many', scopes: Array.from({ length: 1500 }, (_, index) => `s:${index}`).join() },
      { name: '\u202egnp.exe\u0000', scopes: '__proto__,constructor', expires: '__proto__' },
      { name: '{"a":1}', scopes: '["mcp"]', expires: '["none"]' },
    ]
    const victim = await signInInBrowser(browsing, phones[0])
    for (const link of links) {
      await victim.goto(`${app.url}${form}?${new URLSearchParams(link)}`)
      await victim.getByText('Filled in by a link. Check what it asks for.').waitFor()
      const name = await victim.getByLabel('Name').inputValue()
      assert.ok(name.length <= 100)
      assert.equal(await victim.title(), 'Create an access token · Latchkey')
      assert.equal(await victim.locator('main img, main script').count(), 0)
      assert.equal(await victim.getByLabel('1 year').isChecked(), true)
      assert.ok(Number(await victim.evaluate(overflow)) <= 0, link.name.slice(0, 20))
    }
    await assertAccessible(victim, 'a link that means harm')
    await victim.close()
  })

  test('is told beside the field what is missing, and chooses a day', async () => {
    await page.goto(`${app.url}${form}`)
    await page.getByRole('button', { name: 'Create token' }).click()
    const name = page.getByLabel('Name')
    await page.getByText('This is needed.').waitFor()
    assert.equal(await hasFocus(page, name), true)
    await name.fill('One week only')
    await page.getByLabel('Until a day you choose').check()
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByText('Choose a day.', { exact: true }).waitFor()
    await page.getByLabel('Last day it works').fill('2020-01-01')
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByText('That day has passed.', { exact: false }).waitFor()
    const day = new Date(app.clock.now() + 7 * 24 * 3600 * 1000).toISOString().slice(0, 10)
    await page.getByLabel('Last day it works').fill(day)
    await page.getByRole('button', { name: 'Create token' }).click()
    await saveToken()
    await page.waitForURL(`**${list}`)
    await page.getByText('Expires soon').waitFor()
  })

  for (const options of phones)
    test(`clips nothing on a phone: ${options.colorScheme}`, async () => {
      const phone = await signInInBrowser(browsing, { ...options, path: list })
      await phone.getByRole('button', { name: 'One week only', exact: true }).click()
      await assertAccessible(phone, 'the list on a phone')
      await phone.getByRole('button', { name: 'Rotate One week only' }).click()
      await phone.getByRole('dialog').getByRole('button', { name: 'Rotate token' }).waitFor()
      await assertAccessible(phone, 'the rotation on a phone')
      await phone.keyboard.press('Escape')
      await phone.close()
    })

  test('never saw a page complain', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
