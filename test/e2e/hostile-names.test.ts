import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { ada, type Browsing, setUpInBrowser, startBrowsing } from '#test/harness/browsing.ts'
import { addPasskey } from '#test/harness/factors.ts'
import { makeToken } from '#test/harness/keys.ts'
import type { ReadMail } from '#test/harness/mails.ts'
import { freshKey } from '#test/harness/ssh-keys.ts'

/** Markup, a template, a mention and a link of Slack, a field of a header; as long as a name may be. */
const hostile =
  '<img src=x onerror=hacked=1>{{7*7}}$t(x)<!channel><https://evil.example|bank> Bcc: eve@x.y'
const agent = `Mozilla/5.0 <script>hacked=1</script> {{7*7}} <!channel> Firefox/144.0 ${'x'.repeat(800)}`

const headerNames = [
  ...['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version'],
  ...['subject', 'to'],
]

/** Names of the headers of a raw mail, whose lines may go on indented. */
const headersIn = ({ raw }: ReadMail): string[] =>
  (raw.split(/\r?\n\r?\n/)[0] ?? '')
    .split(/\r?\n/)
    .filter((line) => /^\S/.test(line))
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
    .sort()

describe('hostile names and browsers (attack A86)', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page
  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    await setUpInBrowser(app, browsing)
    const browser = app.newBrowser({ userAgent: agent })
    const started = await browser.do('sign-in.start', { email: ada.email, password: ada.password })
    assert.equal(started.status, 200, started.text)
    await addPasskey(app, browser, { name: hostile })
    const token = await makeToken({ browser }, { name: hostile, scopes: ['api:full'] })
    await browser.do('access-tokens.rotate', { tokenId: token.id, overlap: '24-hours' })
    await browser.do('ssh-keys.add', { publicKey: freshKey(), title: hostile })
    page = await openAs(browser)
  })
  after(async () => {
    await browsing.close()
    await app.stop()
  })

  /** A window with the session that made all this: signing in again would ask for the passkey. */
  const openAs = async (browser: ReturnType<TestApp['newBrowser']>): Promise<Page> => {
    const opened = await browsing.open('/login')
    const value = browser.cookies.get('latchkey') ?? ''
    await opened.context().addCookies([{ name: 'latchkey', value, url: app.url }])
    return opened
  }

  test('become no header, no markup and no link in the mails', async () => {
    const mails = await app.mails()
    const told = mails.filter((mail) => mail.text.includes(hostile))
    assert.deepEqual(told.map((mail) => mail.subject).sort(), [
      'A passkey was added',
      'An SSH key was added',
      'An access token was created',
      'An access token was replaced',
    ])
    for (const mail of mails) {
      assert.deepEqual(headersIn(mail), headerNames)
      assert.equal(mail.to, ada.email)
      assert.doesNotMatch(mail.html, /<(img|script|!channel|https)/)
      assert.doesNotMatch(mail.html, /href="[^"]*evil/)
      assert.doesNotMatch(mail.subject, /[<{]|49/)
      assert.ok(!mail.text.includes('49$t'), 'no template ran')
    }
  })

  test('stand on the pages as they were typed, and run nothing', async () => {
    for (const path of ['tokens', 'passkeys', 'ssh-keys']) {
      await page.goto(`${app.url}/admin/account/${path}`)
      await page.getByText(hostile).first().waitFor()
    }
    await page.goto(`${app.url}/admin/account/sessions`)
    await page.getByRole('list').first().waitFor()
    for (const path of ['security', 'sessions'])
      await page.goto(`${app.url}/admin/account/${path}`, { waitUntil: 'networkidle' })
    assert.equal(await page.evaluate('typeof hacked'), 'undefined')
    assert.equal(await page.locator('img[src="x"]').count(), 0)
    assert.deepEqual(browsing.complaints(), [])
  })

  test('leave one line each in the log, and no header in an answer', async () => {
    for (const line of app.logLines) assert.ok(JSON.parse(line))
    const browser = app.newBrowser({ userAgent: agent })
    const { headers } = await browser.do('account.me')
    assert.doesNotMatch(JSON.stringify(headers), /hacked|evil/)
  })
})
