import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { builtPagesProblem } from '#platform/modules/built-pages.ts'
import { loadProduct } from '#product'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  assertAccessible,
  type Browsing,
  fillSignIn,
  setUpInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'
import { dataFolder } from '#test/harness/folders.ts'
import { hours } from '#test/harness/scene.ts'

const folder = join(import.meta.dirname, '..', '..')
const env = { LATCHKEY_MODULES: './examples/badges' }
const path = '/admin/account/badges'

/** The pages as `npm run build` makes them with this configuration, in a folder of their own. */
const buildPages = async (into: string): Promise<void> => {
  const vite = join(folder, 'node_modules', 'vite', 'bin', 'vite.js')
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', into], {
    cwd: folder,
    env: { ...process.env, ...env },
  })
}

describe('a person whose installation has a module from outside', () => {
  const webRoot = dataFolder('latchkey-pages-')
  let app: TestApp
  let browsing: Browsing
  let page: Page

  before(async () => {
    await buildPages(webRoot)
    const { product } = await loadProduct({ env, folder })
    app = await startApp({ engine: 'sqlite', product, webRoot, settings: env })
    browsing = await startBrowsing(app)
    page = await setUpInBrowser(app, browsing)
  })

  after(async () => {
    await browsing?.close()
    await app?.stop()
    rmSync(webRoot, { recursive: true, force: true })
  })

  test('finds its page in the menu and uses it', async () => {
    await page.getByRole('link', { name: 'Badges' }).click()
    await page.waitForURL(`**${path}`)
    await page.getByText('You have no badge yet.').waitFor()
    await page.getByLabel('Number').fill('004217')
    await page.getByRole('button', { name: 'Add badge' }).click()
    await page.getByRole('list', { name: 'Your badges' }).getByText('004217').waitFor()
    await assertAccessible(page, 'a badge is there')
    await page.getByLabel('Number').fill('004217')
    await page.getByRole('button', { name: 'Add badge' }).click()
    await page.getByText('Another badge has this number.').waitFor()
  })

  test('reads its events in words in the activity', async () => {
    await page.goto(`${app.url}/admin/account/security`)
    await page.getByText('Office badge added').first().waitFor()
  })

  test('sets the PIN, and is asked for it where a confirmation is wanted', async () => {
    await page.goto(`${app.url}${path}`)
    await page.getByLabel('PIN', { exact: true }).fill('730915')
    await page.getByRole('button', { name: 'Set PIN' }).click()
    await page.getByRole('button', { name: 'Remove PIN' }).waitFor()
    app.clock.advance(hours(1))
    await page.getByRole('button', { name: 'Remove PIN' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Remove the badge PIN').waitFor()
    await dialog.getByLabel('Badge PIN').fill('730915')
    await assertAccessible(page, 'the PIN is asked for')
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('button', { name: 'Set PIN' }).waitFor()
  })

  test('signs in with the password and then the PIN', async () => {
    await page.getByLabel('PIN', { exact: true }).fill('730915')
    await page.getByRole('button', { name: 'Set PIN' }).click()
    await page.getByRole('button', { name: 'Remove PIN' }).waitFor()
    const elsewhere = await browsing.open('/login')
    await fillSignIn(elsewhere)
    await elsewhere.getByText('Enter the PIN of your office badge.').waitFor()
    await elsewhere.getByLabel('Badge PIN').fill('730915')
    await elsewhere.getByRole('button', { name: 'Sign in', exact: true }).click()
    await elsewhere.waitForURL('**/admin/account/**')
  })

  test('is spared pages that were built for other modules: the start says so', async () => {
    const { outside } = await loadProduct({ env, folder })
    assert.equal(builtPagesProblem(webRoot, outside), null)
    assert.match(builtPagesProblem(webRoot, []) ?? '', /built with the module badges, which is not/)
    assert.equal(builtPagesProblem(dataFolder('latchkey-empty-'), outside), null)
  })
})
