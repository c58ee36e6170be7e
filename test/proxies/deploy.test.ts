import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pictureBytesMax } from '#modules/account/contract.ts'
import { proxies, type Site, startSite, whyMissing } from '#test/harness/proxies.ts'
import { assertRefused } from '#test/harness/scene.ts'

for (const proxy of proxies) {
  const skip = whyMissing(proxy)
  describe(`Latchkey behind ${proxy.name}, as deploy/ sets it up`, { skip }, () => {
    let site: Site
    before(async () => {
      site = await startSite(proxy, { from: 'deploy' })
    })
    after(() => site?.stop())

    test('sees the caller’s address, and not the one a caller claims', async () => {
      const { browser, email, password } = site.owner
      const claimed = { 'x-forwarded-for': '203.0.113.9' }
      const signedIn = await site.app.newBrowser().do('sign-in.start', { email, password }, claimed)
      assert.equal(signedIn.status, 200, signedIn.text)
      const { sessions } = (await browser.do('sessions.list')).body
      const addresses = sessions.map(({ address }: { address: string }) => address)
      assert.deepEqual([...new Set(addresses)], ['127.0.0.1'])
    })

    test('says itself what is too large', async () => {
      const sent = (length: number) => ({
        method: 'PUT',
        path: '/api/v1/account/picture',
        headers: { 'content-type': 'image/png' },
        body: randomBytes(length),
      })
      const large = await site.owner.browser.fetch(sent(pictureBytesMax + 1))
      assertRefused(large, 413, 'http.body_too_large')
      const fits = await site.owner.browser.fetch(sent(pictureBytesMax - 1))
      assertRefused(fits, 422, 'account.picture_unreadable')
    })

    test('hands an event stream on as it comes, and ends it with the page that held it', async () => {
      const cookie = [...site.owner.browser.cookies].map(([name, value]) => `${name}=${value}`)
      const watching = new AbortController()
      const answer = await fetch(`${site.app.url}/api/v1/account/sessions/watch`, {
        headers: { cookie: cookie.join('; ') },
        signal: watching.signal,
      })
      const first = await answer.body?.getReader().read()
      assert.match(new TextDecoder().decode(first?.value), /"kind":"open"/)
      const { open } = site.app.app.runtime.streams
      assert.equal(open.size, 1)
      watching.abort()
      for (let waited = 0; open.size > 0 && waited < 3000; waited += 50) await sleep(50)
      assert.equal(open.size, 0, 'a person may hold 20 at once')
    })
  })
}
