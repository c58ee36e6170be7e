import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { assertAccessible, type Browsing, openAs, startBrowsing } from '#test/harness/browsing.ts'
import { addApp, addPasskey, newcomer, newcomerWithApp } from '#test/harness/factors.ts'
import { makeToken } from '#test/harness/keys.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import type { Scene } from '#test/harness/scene.ts'

/** WCAG 2.2, 2.5.5. */
const fingerPx = 44

const phone = {
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 1,
} as const

/**
 * Runs in the page. Links within a sentence are left out, as in the standard, and what a label around it or the row that
 * it opens makes larger.
 */
const tooSmall = `[...document.querySelectorAll('a[href], button, select, summary, textarea, input')]
  .filter((element) => {
    const { width, height } = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    if (width <= 1 || height <= 1 || style.visibility === 'hidden') return false
    if (element.matches('[type=radio], [type=checkbox], [type=file]')) return false
    if (element.tagName === 'A' && style.display === 'inline') return false
    if (getComputedStyle(element, '::after').position === 'absolute') return false
    if (style.clipPath !== 'none') return false
    return width < ${fingerPx} || height < ${fingerPx}
  })
  .map((element) => (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40))`

/** Words that are not in the middle of a button that was made higher. */
const offCentre = `[...document.querySelectorAll('.mantine-Button-root')]
  .filter((button) => {
    const [outer, inner] = [button, button.querySelector('.mantine-Button-label')].map((one) => one.getBoundingClientRect())
    return Math.abs(outer.top + outer.bottom - inner.top - inner.bottom) > 2
  })
  .map((button) => button.textContent)`

describe('a finger is enough', () => {
  let app: TestApp
  let browsing: Browsing
  let owner: Person
  let person: Person

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    owner = await setUpOwner(app)
    const scene: Scene = { app, owner, engine: 'sqlite' }
    person = await newcomerWithApp(scene, 'admin')
    await addApp(app, person.browser, { name: 'Tablet' })
    await addPasskey(app, person.browser, { name: 'Key ring' })
    await makeToken(person)
    await person.browser.do('people.invite', { email: 'grace@example.com', role: 'member' })
    await newcomer(scene)
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  const assertLargeEnough = async (page: Page, where: string): Promise<void> => {
    assert.deepEqual(await page.evaluate(tooSmall), [], where)
    assert.deepEqual(await page.evaluate(offCentre), [], where)
  }

  test('to press everything on every page', async () => {
    const page = await openAs(browsing, person.browser, { path: '/admin', ...phone })
    for (const [path, shell] of app.app.runtime.registry.pages) {
      if (shell !== 'index') continue
      await page.goto(`${app.url}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      await assertLargeEnough(page, path)
    }
    await page.close()
  })

  test('to sign in', async () => {
    const page = await browsing.open('/login', phone)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await assertLargeEnough(page, '/login')
    await page.close()
  })

  test('to use menus and dialogs', async () => {
    const page = await openAs(browsing, person.browser, { path: '/admin/people', ...phone })
    await page.getByRole('button', { name: 'Actions for grace@example.com' }).click()
    await page.getByRole('menuitem', { name: 'Send again' }).waitFor()
    await assertLargeEnough(page, 'a menu')
    await page.getByRole('menuitem', { name: 'Send again' }).click()
    await page.getByRole('dialog').waitFor()
    await assertLargeEnough(page, 'a dialog')
    await assertAccessible(page, 'a dialog')
    await page.close()
  })
})
