import type { Page } from 'playwright-core'
import { startApp, type TestApp } from './app.ts'
import { type Browsing, signInInBrowser, startBrowsing } from './browsing.ts'
import { setUpOwner } from './people.ts'

const hourMs = 3600 * 1000

/** Where she was signed in before: hours ago, with what, and an address that is registered in that country. */
const elsewhere = [
  {
    hoursAgo: 71,
    address: '133.242.10.1',
    userAgent:
      'Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36',
  },
  {
    hoursAgo: 26,
    address: '91.198.10.1',
    userAgent:
      'Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  },
  {
    hoursAgo: 5,
    address: '193.99.144.80',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
  },
] as const

const here = {
  address: '193.99.144.81',
  userAgent:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
} as const

const name = 'Ada Lovelace'

const live = async (app: TestApp): Promise<{ email: string; password: string }> => {
  const start = 80 * hourMs
  app.clock.advance(-start)
  const owner = await setUpOwner(app)
  await owner.browser.do('account.update-profile', { name })
  let ago = start
  for (const { hoursAgo, address, userAgent } of elsewhere) {
    app.clock.advance(ago - hoursAgo * hourMs)
    ago = hoursAgo * hourMs
    await app
      .newBrowser({ userAgent })
      .do(
        'sign-in.start',
        { email: owner.email, password: owner.password, keepSignedIn: true },
        { 'x-forwarded-for': address },
      )
  }
  app.clock.advance(ago)
  return owner
}

/** What can be read on it, in reading order: the same as long as the picture shows the page as it is. */
const outlineOf = async (page: Page): Promise<string> => {
  const [menu = [], headings = [], rows = []] = await Promise.all(
    [
      'nav[aria-label] a, nav[aria-label] h2',
      'main h1, main h2',
      'main li button, main button',
    ].map((selector) => page.locator(selector).filter({ visible: true }).allInnerTexts()),
  )
  const part = (title: string, lines: readonly string[]) => [
    `${title}:`,
    ...lines
      .map((line) => `  ${line.replaceAll(/\s+/g, ' ').trim()}`)
      .filter((line) => line.trim()),
  ]
  return `${[...part('Menu', menu), ...part('Headings', headings), ...part('Buttons', rows)].join('\n')}\n`
}

export type ReadmePicture = { readonly png: Buffer; readonly outline: string }

/** The sessions page of a user with several devices: the real product, the real page, nothing painted. */
export const takeReadmePicture = async (): Promise<ReadmePicture> => {
  const app = await startApp({ engine: 'sqlite', settings: { LATCHKEY_TRUSTED_PROXIES: '1' } })
  let browsing: Browsing | null = null
  try {
    const owner = { name, ...(await live(app)) }
    browsing = await startBrowsing(app)
    const path = '/admin/account/sessions'
    const page = await signInInBrowser(browsing, {
      ...{ path, owner, userAgent: here.userAgent },
      extraHTTPHeaders: { 'x-forwarded-for': here.address },
    })
    await page
      .getByRole('button', { name: 'Not now' })
      .click({ timeout: 3000 })
      .catch(() => {})
    await page.goto(`${app.url}${path}`)
    await page.getByText('Firefox on Windows').waitFor()
    await page.evaluate('document.fonts.ready')
    await page.waitForTimeout(500)
    return { png: await page.screenshot(), outline: await outlineOf(page) }
  } finally {
    await browsing?.close()
    await app.stop()
  }
}
