import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  ada,
  type Browsing,
  fillSignIn,
  setUpInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'

/** What is good on the web is 0.1 (web.dev/cls). Half of it, because a skeleton cannot know whether a list is empty. */
const shiftMax = 0.05

const watchShifts = `
  globalThis.shifts = []
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shifts.push({
      value: entry.value,
      what: entry.sources.map(({ node }) => node?.className || node?.nodeName).join(' '),
    })
  }).observe({ type: 'layout-shift', buffered: true })`

/** Scripts and sheets of a page after sign-in, opened anew. Each costs a round trip once one names the next. */
const filesMax = 30

const countFiles = `performance.getEntriesByType('resource').filter(({ name }) => /\\.(js|css)$/.test(name)).length`

type Shift = { readonly value: number; readonly what: string }

const sumOf = (shifts: readonly Shift[]): number =>
  shifts.reduce((total, { value }) => total + value, 0)

describe('a page loads in few files, and nothing jumps while it does', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    page = await setUpInBrowser(app, browsing)
    await page.addInitScript(watchShifts)
    // Slow enough that every page shows what it shows while it waits.
    await page.route('**/api/v1/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      await route.continue().catch(() => undefined)
    })
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  for (const width of [1280, 360])
    test(`${width} px wide`, async () => {
      await page.setViewportSize({ width, height: 800 })
      for (const [path, shell] of app.app.runtime.registry.pages) {
        if (shell !== 'index') continue
        await page.goto(`${app.url}${path}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForLoadState('networkidle')
        await page.waitForTimeout(300)
        const shifts = (await page.evaluate('shifts')) as Shift[]
        assert.ok(sumOf(shifts) < shiftMax, `${path}: ${JSON.stringify(shifts)}`)
        const files = Number(await page.evaluate(countFiles))
        assert.ok(files > 0 && files <= filesMax, `${path} comes in ${files} files`)
      }
    })

  for (const width of [1280, 360])
    test(`${width} px wide, with the suggestion of a passkey after a sign-in`, async () => {
      const path = '/admin/people'
      const newcomer = await browsing.open(`/login?next=${path}`)
      await newcomer.setViewportSize({ width, height: 800 })
      await newcomer.addInitScript(watchShifts)
      await fillSignIn(newcomer, ada)
      await newcomer.waitForURL(`**${path}`)
      const suggestion = newcomer.getByRole('complementary', { name: 'Suggestion' })
      await suggestion.getByRole('button', { name: 'Not now' }).waitFor()
      await newcomer.waitForTimeout(300)
      const shifts = (await newcomer.evaluate('shifts')) as Shift[]
      assert.ok(sumOf(shifts) < shiftMax, JSON.stringify(shifts))
      const { bottom = 0 } = (await suggestion.evaluate((at) => at.getBoundingClientRect())) ?? {}
      assert.ok(bottom > 0 && bottom <= 800, `in sight without scrolling: ${bottom}`)
      await newcomer.close()
    })
})
