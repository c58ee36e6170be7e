import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { newPage } from '#test/harness/browser.ts'
import {
  assertAccessible,
  type Browsing,
  fillSignIn,
  type Owner,
  startBrowsing,
} from '#test/harness/browsing.ts'
import { addApp, freshCode, type SoftApp } from '#test/harness/factors.ts'
import { signIn } from '#test/harness/people.ts'
import { proxies, type Site, startSite, whyMissing } from '#test/harness/proxies.ts'
import { minutes } from '#test/harness/scene.ts'

const ownerOf = ({ owner }: Site): Owner => ({ ...owner, name: 'Ada' })

/** What did not arrive, or came from the application instead of Latchkey. */
const watchFailures = (page: Page): string[] => {
  const failures: string[] = []
  page.on('requestfailed', (request) => failures.push(`${request.url()} failed`))
  page.on('response', (response) => {
    const isFine = response.status() < 300 && !('x-application' in response.headers())
    if (!isFine) failures.push(`${response.url()} ${response.status()}`)
  })
  return failures
}

for (const proxy of proxies) {
  const skip = whyMissing(proxy)
  describe(`somebody in front of an application behind ${proxy.name}`, { skip }, () => {
    let site: Site
    let browsing: Browsing
    before(async () => {
      site = await startSite(proxy, { question: 'assurance=recently-confirmed' })
      browsing = await startBrowsing(site.app)
    })
    after(async () => {
      await browsing?.close()
      await site?.stop()
    })

    test('gets the whole sign-in page: nothing of it fails or comes from the application', async () => {
      const page = await newPage(browsing.browser)
      const failures = watchFailures(page)
      await page.goto(`${site.app.url}/login`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      // A headless browser shows no icons, so it asks for none.
      const links = await page
        .locator('link[href]')
        .evaluateAll((all) => all.map((link) => (link as unknown as { href: string }).href))
      assert.ok(links.some((link) => link.endsWith('.svg')))
      for (const link of links) {
        const answer = await page.request.get(link, { maxRedirects: 0 })
        assert.equal(answer.status(), 200, link)
        assert.equal(answer.headers()['x-application'], undefined, link)
      }
      assert.deepEqual(failures, [])
      await page.close()
    })

    test('proves it once more and is on the page that asked for it', async () => {
      const page = await browsing.open('/vault?all=1')
      await fillSignIn(page, ownerOf(site))
      await page.waitForURL('**/vault?all=1')
      site.app.clock.advance(minutes(11))
      await page.goto(`${site.app.url}/vault?all=1`)
      await page.getByRole('heading', { name: 'Confirm it is you', level: 1 }).waitFor()
      await page.getByLabel('Your password').fill('not it')
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByText('The password is not right.').waitFor()
      await page.getByLabel('Your password').fill(site.owner.password)
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.waitForURL('**/vault?all=1')
      assert.match(await page.content(), /x-latchkey-user/)
      assert.deepEqual(browsing.complaints(), [])
      await page.close()
    })

    test('is never led to another site by the way back', async () => {
      const page = await browsing.open('/login')
      await fillSignIn(page, ownerOf(site))
      await page.waitForURL('**/admin/account/profile')
      for (const hostile of [
        '//evil.example',
        '/\\evil.example',
        'https://evil.example/',
        '/.//evil.example',
        'javascript:alert(1)',
        '/\t/evil.example',
      ]) {
        await page.goto(`${site.app.url}/admin/confirm?next=${encodeURIComponent(hostile)}`)
        await page.getByRole('button', { name: 'Continue' }).click()
        await page.waitForURL(`${site.app.url}/admin/account/profile`)
      }
      await page.close()
    })
  })
}

const [strict] = proxies.filter((proxy) => !whyMissing(proxy))

describe('an application that wants a second factor', { skip: !strict }, () => {
  let site: Site
  let browsing: Browsing
  before(async () => {
    if (!strict) return
    site = await startSite(strict, { question: 'assurance=two-factor' })
    browsing = await startBrowsing(site.app)
  })
  after(async () => {
    await browsing?.close()
    await site?.stop()
  })

  test('says so to somebody who has none, and leads to setting one up', async () => {
    const page = await browsing.open('/vault')
    await fillSignIn(page, ownerOf(site))
    await page.getByText('Your account has none yet.').waitFor()
    await assertAccessible(page, 'no second factor')
    await page.getByRole('link', { name: 'Set up a second factor' }).click()
    await page.getByRole('heading', { name: 'Two-factor authentication', level: 1 }).waitFor()
    await page.close()
  })

  test('lets them in once the session has proved it', async () => {
    const phone: SoftApp = await addApp(site.app, await signIn(site.app, site.owner))
    const page = await browsing.open('/vault')
    await fillSignIn(page, ownerOf(site))
    await page.getByLabel('Code from your authenticator app').fill(freshCode(site.app, phone))
    await page.waitForURL('**/vault')
    // As a session is that was begun with less than that.
    await site.app.db
      .withTables<{ sessions: { strong_at: number } }>()
      .updateTable('sessions')
      .set({ strong_at: 0 })
      .execute()
    await page.goto(`${site.app.url}/vault`)
    await page.getByText('This part is only for sessions that proved a second factor.').waitFor()
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 })
      await assertAccessible(page, `proving a second factor at ${width}`)
    }
    // The sixth digit sends it.
    await page.getByRole('textbox').fill(freshCode(site.app, phone))
    await page.waitForURL('**/vault')
    assert.match(await page.content(), /x-latchkey-user/)
    assert.deepEqual(browsing.complaints(), [])
    await page.close()
  })
})
