import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { type Engine, engines, startApp, type TestApp } from '#test/harness/app.ts'
import { launchBrowser, newPage } from '#test/harness/browser.ts'
import { makeToken } from '#test/harness/keys.ts'
import { type Person, setUpOwner, signIn } from '#test/harness/people.ts'
import {
  type Installed,
  installSdk,
  readmeAbout,
  readmeCommands,
  readmeExamples,
} from '#test/harness/sdk-package.ts'

const [listing = '', refused = '', inPage = ''] = readmeExamples()
/** What its reader would change, and the types, which plain Node does not know in a .mjs. */
const meantFor = (app: TestApp, code: string): string =>
  code.replaceAll('https://account.example.com', app.url)

let installed: Installed
before(async () => {
  installed = await installSdk()
})
after(() => installed?.remove())

test('the packed SDK is got as its README says', () => {
  const [commands = ''] = readmeCommands()
  assert.match(commands, /^npm pack -w packages\/sdk /m)
  assert.ok(commands.includes(`npm install ../latchkey/${basename(installed.tarball)}`), commands)
})

test('the packed SDK weighs and needs what its README says', async () => {
  const kilobytes = Number(/(\d+) kB in a bundle, compressed/.exec(readmeAbout())?.[1])
  const weight = gzipSync(await installed.bundle()).length
  assert.equal(Math.round(weight / 1000), kilobytes)
  const { dependencies } = JSON.parse(
    readFileSync(join(installed.folder, 'node_modules/@latchkey/sdk/package.json'), 'utf8'),
  ) as { dependencies: Record<string, string> }
  const running = Object.keys(dependencies).filter((name) => !name.endsWith('-helpers'))
  assert.deepEqual(running, ['openapi-fetch'], 'the other one is types')
  assert.match(readmeAbout(), /the one package it needs \(\[openapi-fetch\]/)
})

describe('the types of the packed SDK', () => {
  test('fit every example of its README as it stands, in the strictest project', async () => {
    assert.equal(readmeExamples().length, 3)
    assert.equal(await installed.typeCheck(readmeExamples()), '')
  })

  test('know lists as lists, in what is sent and in what is answered', async () => {
    const uses = `${listing}
      export const last: string | undefined = me.permissions.map((one) => one.trim()).at(-1)
      const scopes: string[] = ['account:read']
      const init = { body: { name: 'CI', scopes }, params: {} }
      const { accessToken } = await latchkey.post('/api/v1/account/tokens', init)
      export const granted: number = accessToken.scopes.filter((one) => scopes.includes(one)).length`
    assert.equal(await installed.typeCheck([uses]), '')
  })

  test('refuse what is not there', async () => {
    const wrong = [
      listing.replace('{ event, at }', '{ events, at }'),
      refused.replace("{ name: '' }", '{ name: 1 }'),
      inPage.replace('end-others', 'end-all'),
    ]
    const said = await installed.typeCheck(wrong)
    for (const index of wrong.keys()) assert.match(said, new RegExp(`example-${index + 1}\\.ts`))
  })
})

const stories = (engine: Engine): void => {
  let app: TestApp
  let ada: Person
  const tokenFor = async (...scopes: string[]): Promise<Record<string, string>> => ({
    LATCHKEY_TOKEN: (await makeToken(ada, { scopes })).token,
  })
  before(async () => {
    app = await startApp({ engine })
    ada = await setUpOwner(app)
  })
  after(() => app?.stop())

  test('tells who a token acts for, and reads every page of a list', async () => {
    const printed = await installed.run(meantFor(app, listing), await tokenFor('account:read'))
    const [first, ...acts] = printed.trim().split('\n')
    assert.equal(first, 'Ada works at Acme')
    assert.ok(acts.length > 1)
    const small = meantFor(app, listing).replace('limit: 50', 'limit: 1')
    const again = await installed.run(small, await tokenFor('account:read'))
    assert.ok(again.trim().split('\n').length > acts.length, 'a page was lost on the way')
  })

  test('throws what the server refused, with its code, its fields and the request id', async () => {
    const printed = await installed.run(meantFor(app, refused), await tokenFor('account:write'))
    assert.match(printed, /^\/name: /)
    const missing = await installed.run(meantFor(app, refused), await tokenFor('account:read'))
    assert.match(missing, /^This key was not granted .* \(auth\.scope_missing, request req_\w+\)/)
    const wrong = await installed.run(meantFor(app, refused), { LATCHKEY_TOKEN: 'made-up' })
    assert.match(wrong, /auth\.key_invalid/)
  })

  test('says so when nobody is there, or somebody else', async () => {
    const gone = meantFor(app, refused).replace(app.url, 'http://127.0.0.1:9')
    assert.match(
      await installed.run(gone, { LATCHKEY_TOKEN: 'x' }),
      /\(network\.unreachable, request null\)/,
    )
    const page = meantFor(app, refused).replace(/latchkey\.patch.*$/m, "latchkey.get('/login')")
    assert.match(await installed.run(page, { LATCHKEY_TOKEN: 'x' }), /network\.unexpected_answer/)
  })

  test('runs in a browser with the session of the page, and makes a change once', async () => {
    await signIn(app, ada)
    const chromium = await launchBrowser()
    try {
      const page = await newPage(chromium, { bypassCSP: true })
      const cookies = [...ada.browser.cookies].map(([name, value]) => ({
        name,
        value,
        url: app.url,
      }))
      await page.context().addCookies(cookies)
      const keys: string[] = []
      let isLost = false
      await page.route('**/end-others', async (route) => {
        keys.push(route.request().headers()['idempotency-key'] ?? '')
        const answer = await route.fetch()
        // The first answer is lost on the way; whether it was carried out, the page cannot know.
        if (answer.ok() && !isLost) {
          isLost = true
          return route.fulfill({ status: 503, contentType: 'application/problem+json', body: busy })
        }
        return route.fulfill({ response: answer })
      })
      await page.goto(`${app.url}/api/problems/http.busy`)
      await page.addScriptTag({ content: await installed.bundle() })
      const code = inPage.replace(/^import (.*) from .*$/m, 'const $1 = sdk')
      const said: string[] = []
      page.on('console', (message) => said.push(message.text()))
      await page.evaluate(`(async () => { ${code} })()`)
      assert.deepEqual(
        said.filter((text) => text.startsWith('Signed')),
        ['Signed out on 1 other devices'],
      )
      // Without a token first, then with it, then once more because the answer was lost: one key.
      assert.deepEqual([keys.length, new Set(keys).size], [3, 1])
    } finally {
      await chromium.close()
    }
  })

  test('runs where there is nothing but what the web has: an edge runtime', async () => {
    const token = (await tokenFor('account:read')).LATCHKEY_TOKEN
    const { crypto, fetch, Headers, Request, Response, URL, URLSearchParams } = globalThis
    const { TextEncoder, btoa, setTimeout, AbortController } = globalThis
    const web = { crypto, fetch, Headers, Request, Response, URL, URLSearchParams, TextEncoder }
    const world = { ...web, btoa, setTimeout, AbortController, token, baseUrl: app.url }
    const name: unknown = await runInNewContext(
      `${await installed.bundle()}
      ;sdk.createLatchkey({ baseUrl, token }).get('/api/v1/account/me').then((me) => me.name)`,
      { ...world },
    )
    assert.equal(name, 'Ada')
  })
}

const busy = JSON.stringify({
  type: '/api/problems/http.busy',
  title: 'The server is busy. Try again in a moment.',
  status: 503,
  code: 'http.busy',
  instance: 'req_lost',
  retryAfterSeconds: 1,
})

for (const engine of engines) describe(`the packed SDK (${engine})`, () => stories(engine))
