import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Browsing, setUpInBrowser, startBrowsing } from '#test/harness/browsing.ts'

/** The first attempt, another one of each part that comes with the answer, and some room. */
const attemptsMax = 4
const watchedMs = 1500

/** What the shell itself needs: without it there is no page that could fail. */
const ofTheShell = /\/api\/v1\/(account\/me|status|account\/sessions\/watch)$/

const fault = {
  status: 500,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    type: 'about:blank',
    title: 'The server failed at this.',
    status: 500,
    code: 'http.fault',
    instance: 'urn:request:01k9w4z0v5t6r7q8p9n0m1k2j3',
  }),
}

describe('a page whose content cannot be loaded', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page
  const asked = new Map<string, number>()

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    page = await setUpInBrowser(app, browsing)
    await page.route('**/api/v1/**', (route) => {
      const { pathname } = new URL(route.request().url())
      if (ofTheShell.test(pathname)) return route.continue()
      asked.set(pathname, (asked.get(pathname) ?? 0) + 1)
      return route.fulfill(fault)
    })
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  test('says so, offers another attempt, and does not ask the server again and again', async () => {
    const paths = [...app.app.runtime.registry.pages].filter(([, shell]) => shell === 'index')
    for (const [path] of paths) {
      asked.clear()
      await page.goto(`${app.url}${path}`)
      await page
        .getByRole('button', { name: /^Try again/ })
        .first()
        .waitFor()
      await page.waitForTimeout(watchedMs)
      const often = [...asked].filter(([, count]) => count > attemptsMax)
      assert.deepEqual(often, [], path)
    }
  })

  test('shows its content after another attempt, once the server can', async () => {
    await page.goto(`${app.url}/admin/people`)
    const again = page.getByRole('button', { name: 'Try again' })
    await again.first().waitFor()
    await page.unroute('**/api/v1/**')
    await again.first().click()
    await page.getByText('ada@example.com').waitFor()
  })
})
