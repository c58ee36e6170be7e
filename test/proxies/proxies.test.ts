import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import { operations as verifyOperations } from '#modules/verify/contract.ts'
import { redirectHeader } from '#modules/verify/protocol.ts'
import type { TestApp } from '#test/harness/app.ts'
import type { Answer, Browser } from '#test/harness/client.ts'
import { makeToken } from '#test/harness/keys.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import { guide, proxies, type Site, startSite, whyMissing } from '#test/harness/proxies.ts'
import { assertRefused } from '#test/harness/scene.ts'

/** Every header that only Latchkey may speak in; read off the contract, so that a new one cannot be forgotten. */
const ownHeaders = (): readonly string[] => {
  const { output } = verifyOperations.check
  return [...output.names, redirectHeader]
}

/** Noise is as large as it looks. */
const bigPicture = (): Promise<Buffer> => {
  const [width, height] = [800, 800]
  const raw = { width, height, channels: 3 } as const
  return sharp(randomBytes(width * height * 3), { raw })
    .png()
    .toBuffer()
}

test('the guide takes every header of Latchkey away from visitors, in each of its examples', () => {
  const [nginx = '', , traefik = ''] = ['nginx', 'caddyfile', 'yaml'].map(
    (language) => guide.split(`\`\`\`${language}\n`)[1]?.split('```')[0],
  )
  for (const name of ownHeaders()) {
    assert.match(nginx, new RegExp(`proxy_set_header ${name} `, 'i'), name)
    assert.match(traefik, new RegExp(`(- ${name}$|${name}: "")`, 'im'), name)
  }
})

for (const proxy of proxies) {
  const skip = whyMissing(proxy)
  describe(`an application behind ${proxy.name}, as the guide sets it up`, { skip }, () => {
    let site: Site
    let [app, ada] = [] as unknown as [TestApp, Person]
    const seenBy = ({ body }: Answer): IncomingHttpHeaders => body
    const visit = (browser: Browser, path: string, headers: Record<string, string> = {}) =>
      browser.fetch({ method: 'GET', path, headers })

    before(async () => {
      site = await startSite(proxy)
      app = site.app
      ada = site.owner
    })
    after(() => site?.stop())

    test('sends who is not signed in to the sign-in page, with the way back', async () => {
      const answer = await visit(app.newBrowser(), '/reports?month=11')
      assert.equal(answer.status, 302)
      assert.equal(
        answer.headers.location,
        `${app.url}/login?next=${encodeURIComponent('/reports?month=11')}`,
      )
      assert.equal(answer.headers['x-application'], undefined)
    })

    test('tells the application who it is, and keeps the session to itself', async () => {
      const browser = await signIn(app, ada)
      browser.cookies.set('theme', 'dark')
      browser.cookies.set('notlatchkey', 'kept')
      const answer = await visit(browser, '/')
      assert.equal(answer.status, 200, answer.text)
      const seen = seenBy(answer)
      assert.equal(seen['x-latchkey-user'], ada.userId)
      assert.equal(seen['x-latchkey-email'], ada.email)
      assert.equal(seen['x-latchkey-name'], 'Ada')
      assert.equal(seen['x-latchkey-roles'], 'owner')
      const cookies = String(seen.cookie).split(/; ?/).filter(Boolean).sort()
      assert.deepEqual(cookies, ['notlatchkey=kept', 'theme=dark'])
    })

    test('lets nobody name themselves', async () => {
      const forged = Object.fromEntries(ownHeaders().map((name) => [name, 'usr_forged']))
      assert.equal((await visit(app.newBrowser(), '/', forged)).status, 302)
      const seen = seenBy(await visit(ada.browser, '/', forged))
      assert.equal(seen['x-latchkey-user'], ada.userId)
      assert.equal(JSON.stringify(seen).includes('usr_forged'), false)
    })

    test('lets a program in with a token, and keeps the token to itself', async () => {
      const { token } = await makeToken(ada)
      const program = app.newBrowser()
      const answer = await visit(program, '/data', { authorization: `Bearer ${token}` })
      assert.equal(answer.status, 200, answer.text)
      assert.equal(seenBy(answer)['x-latchkey-user'], ada.userId)
      assert.equal(answer.text.includes(token), false)
    })

    test('lets a picture through that Latchkey takes, and leaves the no to Latchkey', async () => {
      const picture = await bigPicture()
      assert.ok(picture.length > 1_800_000 && picture.length < 2_000_000, `${picture.length}`)
      const taken = await ada.browser.do('account.set-picture', { content: picture })
      assert.equal(taken.status, 200, taken.text.slice(0, 200))
      const tooBig = Buffer.alloc(2_500_000)
      const refused = await ada.browser.do('account.set-picture', { content: tooBig })
      assertRefused(refused, 413, 'http.body_too_large')
      // On a connection the proxy keeps, what was left of a body would stand before this.
      await signIn(app, ada)
    })

    test('shuts the page in the middle of a session that is revoked', async () => {
      const other = await signIn(app, ada)
      assert.equal((await visit(other, '/')).status, 200)
      await ada.browser.do('sessions.end-others')
      assert.equal((await visit(other, '/')).status, 302)
      assert.equal((await visit(ada.browser, '/')).status, 200)
    })

    test('shows the address of the person, not of the proxy, and none they made up', async () => {
      const browser = await signIn(app, ada)
      const { body } = await browser.do('sessions.list', {}, { 'x-forwarded-for': '203.0.113.7' })
      assert.match(body.sessions[0].address, /^(127\.0\.0\.1|::1)$/)
    })

    test('leads every page and every operation of Latchkey to Latchkey', async () => {
      const { registry } = app.app.runtime
      const paths = [
        ...registry.pages.keys(),
        ...registry.entries.map((entry) => entry.path.replace(/\{\w+\}/g, 'x')),
        ...['/api/openapi.json', '/api/problems/http.fault', '/.well-known/change-password'],
      ]
      for (const path of paths) {
        if (path === '/api/v1/sessions/watch') continue
        const { headers } = await visit(app.newBrowser(), path)
        assert.equal(headers['x-application'], undefined, path)
        assert.equal(headers.location?.includes('next=') ?? false, false, path)
      }
    })
  })
}
