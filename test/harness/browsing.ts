import assert from 'node:assert/strict'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { TestApp } from './app.ts'
import { launchBrowser, newPage } from './browser.ts'
import type { Browser as HttpBrowser } from './client.ts'

export type Owner = { readonly name: string; readonly email: string; readonly password: string }
export const ada: Owner = {
  name: 'Ada Example',
  email: 'ada@example.com',
  password: 'winter-garden-42',
}

export type Browsing = {
  readonly browser: Browser
  /** A page of a browser of its own. What a page complains about fails the test that asks `complaints`. */
  readonly open: (path: string, options?: BrowserContextOptions) => Promise<Page>
  readonly complaints: () => readonly string[]
  readonly close: () => Promise<void>
}

/** Answers the pages are meant to get: the browser notes every 4xx, whether the page deals with it or not. */
const expected = /Failed to load resource: the server responded with a status of 4\d\d/

export const startBrowsing = async (app: TestApp): Promise<Browsing> => {
  const browser = await launchBrowser()
  const complaints: string[] = []
  return {
    browser,
    open: async (path, options) => {
      const page = await newPage(browser, options)
      page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
      page.on('console', (message) => {
        if (message.type() !== 'error' || expected.test(message.text())) return
        complaints.push(`${page.url()}: ${message.text()}`)
      })
      await page.goto(`${app.url}${path}`)
      return page
    },
    complaints: () => complaints,
    close: () => browser.close(),
  }
}

/** Creates the first account through the page, as the printed link invites to. Ends on the profile. */
export const setUpInBrowser = async (
  app: TestApp,
  browsing: Browsing,
  owner: Owner = ada,
): Promise<Page> => {
  const page = await browsing.open(`/setup#code=${encodeURIComponent(app.setupCode)}`)
  await page.getByLabel('Organisation name').fill('Acme Harbour')
  await page.getByLabel('Your name').fill(owner.name)
  await page.getByLabel('E-mail address').fill(owner.email)
  await page.getByLabel('Password', { exact: true }).fill(owner.password)
  await page.getByRole('button', { name: 'Create organisation' }).click()
  await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
  return page
}

export const fillSignIn = async (page: Page, owner: Owner = ada): Promise<void> => {
  await page.getByLabel('E-mail address').fill(owner.email)
  await page.getByLabel('Password', { exact: true }).fill(owner.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export const signInInBrowser = async (
  browsing: Browsing,
  options: BrowserContextOptions & { readonly path?: string; readonly owner?: Owner } = {},
): Promise<Page> => {
  const { path = '/admin/account/profile', owner = ada, ...context } = options
  const page = await browsing.open(`/login?next=${encodeURIComponent(path)}`, context)
  await fillSignIn(page, owner)
  await page.waitForURL(`**${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

/** A page of a user who signed in without one: what leads up to a test need not be clicked. */
export const openAs = async (
  browsing: Browsing,
  someone: Pick<HttpBrowser, 'cookies'>,
  { path, ...context }: BrowserContextOptions & { readonly path: string },
): Promise<Page> => {
  const where = { domain: 'localhost', path: '/', expires: -1, httpOnly: true, secure: false }
  const cookies = [...someone.cookies].map(
    ([name, value]) => ({ name, value, ...where, sameSite: 'Lax' }) as const,
  )
  const page = await browsing.open(path, { ...context, storageState: { cookies, origins: [] } })
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

/** Names of what is wider than its frame: an open dialog cuts such a thing off instead of growing. */
const cutOff = `[...document.querySelectorAll('[role="dialog"]')]
  .filter((dialog) => dialog.scrollWidth > dialog.clientWidth)
  .map((dialog) => dialog.textContent.slice(0, 60))`

/** axe finds nothing, nothing is wider than the window or the dialog it stands in. */
export const assertAccessible = async (page: Page, where: string): Promise<void> => {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  const found = violations.map(
    (violation) =>
      `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join('; ')}`,
  )
  assert.deepEqual(found, [], where)
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  assert.ok(Number(overflow) <= 0, `${where} is ${overflow} px too wide`)
  assert.deepEqual(await page.evaluate(cutOff), [], `${where}: something in a dialog is cut off`)
}
