import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  assertAccessible,
  type Browsing,
  setUpInBrowser,
  signInInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'

const looks: readonly (BrowserContextOptions & { readonly look: string })[] = [
  { look: 'desktop, light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { look: 'phone, dark', viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
]

/** Pixels between what stands below each other in a form. */
const distances = `[...document.querySelectorAll('form')].flatMap((form) => {
  const boxes = [...form.children].map((one) => one.getBoundingClientRect()).filter(({ height }) => height > 0)
  return boxes.slice(1).map((box, index) => Math.round(box.top - boxes[index].bottom))
})`

/** Where they touch, a word about one field reads like one about the next. */
const assertDistances = async (page: Page, path: string): Promise<void> => {
  const found = (await page.evaluate(distances)) as readonly number[]
  assert.ok(
    found.every((pixels) => pixels >= 12),
    `${path}: ${found.join(', ')}`,
  )
}

describe('everybody can use every page', () => {
  let app: TestApp
  let browsing: Browsing

  before(async () => {
    app = await startApp({ engine: 'sqlite', settings: { LATCHKEY_SIGN_IN_SIGN_UP: 'open' } })
    browsing = await startBrowsing(app)
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  for (const { look, ...options } of looks)
    test(`setting up: ${look}`, async () => {
      const page = await browsing.open('/setup', options)
      await page.getByLabel('Organisation name').waitFor()
      await assertAccessible(page, '/setup')
      await assertDistances(page, '/setup')
    })

  test('the first account is made', async () => {
    await setUpInBrowser(app, browsing)
  })

  for (const { look, ...options } of looks) {
    test(`before signing in: ${look}`, async () => {
      for (const path of [...app.app.runtime.registry.pages]
        .filter(([, shell]) => shell === 'entrance')
        .map(([path]) => path)) {
        const page = await browsing.open(path, options)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await assertAccessible(page, path)
        await assertDistances(page, path)
        await page.close()
      }
    })

    test(`signed in: ${look}`, async () => {
      const page = await signInInBrowser(browsing, options)
      for (const path of [...app.app.runtime.registry.pages]
        .filter(([, shell]) => shell === 'index')
        .map(([path]) => path)) {
        await page.goto(`${app.url}${path}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForLoadState('networkidle').catch(() => undefined)
        await assertAccessible(page, path)
      }
    })

    test(`an address that does not exist says so: ${look}`, async () => {
      const page = await signInInBrowser(browsing, options)
      const answer = await page.goto(`${app.url}/admin/nowhere`)
      assert.equal(answer?.status(), 404)
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
      await assertAccessible(page, '/admin/nowhere')
    })
  }

  test('right to left and with long words nothing is cut off', async () => {
    const page = await signInInBrowser(browsing, { viewport: { width: 360, height: 740 } })
    for (const locale of ['ar', 'en-XA'])
      for (const path of [
        '/admin/account/profile',
        '/admin/account/sessions',
        '/admin/account/ssh-keys',
        '/admin/account/tokens',
        '/admin/account/tokens/new',
        '/admin/people',
      ]) {
        await page.goto(`${app.url}${path}?locale=${locale}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        assert.equal(
          await page.evaluate('document.documentElement.dir'),
          locale === 'ar' ? 'rtl' : 'ltr',
        )
        await assertAccessible(page, `${path} in ${locale}`)
      }
  })
})
