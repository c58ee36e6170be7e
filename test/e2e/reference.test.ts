import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContextOptions } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { assertAccessible, type Browsing, startBrowsing } from '#test/harness/browsing.ts'

const looks: readonly BrowserContextOptions[] = [
  { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  { viewport: { width: 360, height: 740 }, colorScheme: 'light' },
  { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
]

describe('the API reference', () => {
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
  const open = async (hash = '', options: BrowserContextOptions = {}) => {
    const page = await browsing.open(`/api/reference${hash}`, options)
    await page.getByRole('heading', { level: 3 }).first().waitFor()
    return page
  }

  test('keeps to the policy of every other page, and is open to anyone', async () => {
    const stranger = app.newBrowser()
    const ask = (path: string) =>
      stranger.send({ method: 'GET', path, headers: { host: 'localhost' } })
    const policy = async (path: string) =>
      String((await ask(path)).headers['content-security-policy']).replaceAll(/nonce-[\w-]+/g, 'N')
    assert.equal(await policy('/api/reference'), await policy('/login'))
  })

  for (const look of looks)
    test(`can be used by everybody: ${look.viewport?.width} px, ${look.colorScheme}`, async () => {
      const page = await open('', look)
      // Sixty articles of one kind: the check takes a minute and a half for all of them.
      await page.getByLabel('Find an operation').fill('sessions.')
      await page.getByText(/^\d operations$/).waitFor()
      await assertAccessible(page, '/api/reference')
      await page
        .getByText(/^\d+ refusals$/)
        .first()
        .click()
      await assertAccessible(page, '/api/reference with refusals')
      assert.ok(
        Number(await page.evaluate('document.documentElement.scrollWidth')) <=
          (look.viewport?.width ?? 0),
      )
      await page.close()
    })

  for (const width of [320, 360, 1280])
    test(`keeps its mark, its title and the theme in one row: ${width} px`, async () => {
      const page = await open('', { viewport: { width, height: 740 } })
      const head = page.getByRole('banner')
      const inside = [
        head.getByRole('link'),
        head.getByRole('heading', { level: 1 }),
        head.getByRole('group'),
      ]
      const boxes = await Promise.all(inside.map((one) => one.boundingBox()))
      const middles = boxes.map((box) => (box ? box.y + box.height / 2 : Number.NaN))
      assert.ok(Math.max(...middles) - Math.min(...middles) < 4, `they stand at ${middles}`)
      const { height = 0 } = (await head.boundingBox()) ?? {}
      assert.ok(height < 64, `it is ${height} px high and stays on the screen`)
      const link = page.getByRole('link', { name: 'OpenAPI document' })
      assert.equal(await link.getAttribute('href'), '/api/openapi.json')
      await page.close()
    })

  test('shows every operation, and finds one with the keyboard alone', async () => {
    const page = await open()
    const { entries } = app.app.runtime.registry
    assert.equal(await page.getByRole('article').count(), entries.length)
    await page.keyboard.press('/')
    await page.keyboard.type('account.update-profile')
    const one = page.getByRole('article', { name: /^Change name, job title/ })
    await one.waitFor()
    await page.getByText('1 operation', { exact: true }).waitFor()
    for (const said of [
      'account.update-profile',
      'PATCH',
      '/api/v1/account/profile',
      'account:write',
    ])
      await one.getByText(said, { exact: true }).first().waitFor()
    await one.getByText(/^\d+ refusals$/).click()
    await one.getByText('auth.scope_missing', { exact: true }).waitFor()
    await page.keyboard.press('/')
    await page.getByLabel('Find an operation').fill('no such thing')
    await page.getByText('No operation matches “no such thing”.').waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByText(`${entries.length} operations`, { exact: true }).waitFor()
  })

  test('opens at the operation its address names, also when it is loaded again', async () => {
    const page = await open('#access-tokens.create')
    for (const again of [false, true]) {
      if (again) await page.reload()
      const heading = page.getByRole('heading', { name: /^Create an access token/ })
      await heading.waitFor()
      let top = -1
      for (let wait = 0; wait < 50 && (top < 0 || top > 200); wait += 1) {
        await page.waitForTimeout(100)
        top = (await heading.boundingBox())?.y ?? -1
      }
      assert.ok(top >= 0 && top <= 200, `its heading stands at ${top}`)
    }
  })

  test('hands out a request that works', async () => {
    const page = await open('', { permissions: ['clipboard-read', 'clipboard-write'] })
    const one = page.getByRole('article', { name: /^Whether this installation is set up/ })
    await one.getByRole('button', { name: 'Copy the request' }).click()
    await one.getByText('Copied').waitFor()
    const copied = String(await page.evaluate('navigator.clipboard.readText()'))
    assert.equal(copied, `curl '${app.url}/api/v1/sign-in/status'`)
  })

  test('says so when it cannot be loaded, and tries again', async () => {
    const page = await browsing.open('/login')
    await page.route('**/api/openapi.json', (route) => route.fulfill({ status: 429, body: '' }))
    await page.goto(`${app.url}/api/reference`)
    await page.getByText('The reference could not be loaded.').waitFor()
    await assertAccessible(page, '/api/reference, unreachable')
    await page.unroute('**/api/openapi.json')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { level: 3 }).first().waitFor()
  })

  test('breaks no rule of the policy and writes no complaint', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
