import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Entry } from '#platform/operations/registry.ts'
import { startApp, type TestApp } from '#test/harness/app.ts'
import type { Browser, Sending } from '#test/harness/client.ts'
import { setUpOwner, signIn } from '#test/harness/people.ts'
import { assertNoFaults, call, entriesOf, isOpen, letAnHourPass, madeUpId } from './calls.ts'

const origins = {
  own: 'own',
  evil: 'https://evil.example',
  null: 'null',
  sibling: 'http://sub.localhost',
  absent: undefined,
} as const
const sites = ['same-origin', 'cross-site', 'same-site', 'none', undefined] as const
const types = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  undefined,
] as const
const tokens = ['own', 'other', 'absent'] as const

type Combination = {
  readonly origin: keyof typeof origins
  readonly site: (typeof sites)[number]
  readonly type: (typeof types)[number]
  readonly token: (typeof tokens)[number]
}

const combinations: Combination[] = (Object.keys(origins) as (keyof typeof origins)[]).flatMap(
  (origin) =>
    sites.flatMap((site) =>
      types.flatMap((type) => tokens.map((token) => ({ origin, site, type, token }))),
    ),
)

const fromOwnPage = ({ origin, site }: Combination): boolean =>
  (site === 'same-origin' || site === undefined) &&
  (origin === 'own' || origin === 'absent') &&
  !(site === undefined && origin === 'absent')

const refusalOf = (one: Combination): string | undefined => {
  if (!fromOwnPage(one)) return 'http.foreign_origin'
  if (one.token !== 'own') return 'http.csrf_token'
  return one.type === 'application/json' ? undefined : 'http.content_type'
}

// The database has no part in this, so one engine is enough.
describe('requests from other sites (attack A88)', () => {
  let app: TestApp
  let browser: Browser
  let otherToken = ''
  before(async () => {
    app = await startApp({ engine: 'sqlite', settings: { LATCHKEY_TRUSTED_PROXIES: '1' } })
    const owner = await setUpOwner(app)
    browser = owner.browser
    const other = await signIn(app, owner)
    otherToken = other.headers('POST')['x-csrf-token'] ?? ''
  })
  after(async () => {
    assertNoFaults(app)
    await app.stop()
  })

  const headersOf = (one: Combination, withCookie: boolean): NonNullable<Sending['headers']> => {
    const own = browser.headers('POST')
    const token = { own: own['x-csrf-token'], other: otherToken, absent: undefined }[one.token]
    return {
      host: new URL(app.url).host,
      cookie: withCookie ? own.cookie : undefined,
      origin: one.origin === 'own' ? app.url : origins[one.origin],
      'sec-fetch-site': one.site,
      'content-type': one.type,
      'x-csrf-token': token,
    }
  }

  test('with a session: only our own page, with JSON and this session’s token, gets in', async () => {
    let passed = 0
    for (const one of combinations) {
      const sent = {
        method: 'PATCH',
        path: '/api/v1/account/profile',
        headers: headersOf(one, true),
        body: '{}',
      }
      const answer = await browser.send(sent)
      const expected = refusalOf(one)
      assert.equal(answer.body.code, expected, JSON.stringify(one))
      assert.equal(answer.status === 200, expected === undefined, JSON.stringify(one))
      if (answer.status === 200) passed += 1
    }
    assert.equal(passed, 3, 'own origin, own site, or both')
  })

  test('signing in: only our own page, with JSON, is looked at; nobody can be signed in from elsewhere', async () => {
    for (const one of combinations.filter(({ token }) => token === 'absent')) {
      const body = JSON.stringify({ email: 'nobody@example.com' })
      const answer = await browser.send({
        method: 'POST',
        path: '/api/v1/sign-in',
        headers: headersOf(one, false),
        body,
      })
      const expected = !fromOwnPage(one)
        ? 'http.foreign_origin'
        : one.type === 'application/json'
          ? 'http.invalid_input'
          : 'http.content_type'
      assert.equal(answer.body.code, expected, JSON.stringify(one))
    }
  })

  test('every operation that changes something refuses another site, and a session without its token', async () => {
    for (const entry of entriesOf({ app }).filter(({ method }) => method !== 'GET')) {
      await letAnHourPass({ app })
      const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      const evil = await call(browser, entry, { headers: foreign })
      assert.equal(
        `${entry.operation.name} ${evil.body.code}`,
        `${entry.operation.name} http.foreign_origin`,
      )
      const sibling = await call(app.newBrowser(), entry, {
        headers: { 'sec-fetch-site': 'same-site' },
      })
      assert.equal(
        `${entry.operation.name} ${sibling.body.code}`,
        `${entry.operation.name} http.foreign_origin`,
      )
      const bare = await call(browser, entry, { headers: { 'x-csrf-token': 'made-up' } })
      assert.equal(
        `${entry.operation.name} ${bare.body.code}`,
        `${entry.operation.name} http.csrf_token`,
      )
      if (isOpen(entry)) continue
      const stolen = await call(browser, entry, { headers: { 'x-csrf-token': otherToken } })
      assert.equal(stolen.body.code, 'http.csrf_token')
    }
  })

  const forPrograms = ({ operation: { access } }: Entry): boolean =>
    'anyone' in access && access.from === 'programs'
  const sendBare = ({ method, path }: Entry, headers: Record<string, string> = {}) =>
    browser.send({
      method,
      path: path.replace(/\{\w+\}/g, madeUpId),
      headers: { host: new URL(app.url).host, 'content-type': 'application/json', ...headers },
      ...(method === 'DELETE' ? {} : { body: '{}' }),
    })

  test('a request that shows nothing at all is let in where the contract is for programs, and nowhere else', async () => {
    const entries = entriesOf({ app })
    assert.ok(entries.some(forPrograms))
    for (const entry of entries.filter(({ method }) => method !== 'GET')) {
      const { body, headers } = await sendBare(entry)
      const expected = forPrograms(entry) ? 'http.invalid_input' : 'http.foreign_origin'
      assert.equal(`${entry.operation.name} ${body.code}`, `${entry.operation.name} ${expected}`)
      assert.equal(headers['set-cookie'], undefined)
    }
  })

  test('with any cookie, or a browser’s word that it comes from elsewhere, it is not let in there either', async () => {
    const names = ['latchkey', 'latchkey-pending', 'latchkey-device', 'other']
    const closed: Record<string, string>[] = [
      { cookie: browser.headers('POST').cookie ?? '' },
      ...names.map((name) => ({ cookie: `${name}=${'a'.repeat(43)}` })),
      ...['https://evil.example', 'null', 'http://sub.localhost'].map((origin) => ({ origin })),
      ...['cross-site', 'same-site', 'none'].map((site) => ({ 'sec-fetch-site': site })),
    ]
    for (const entry of entriesOf({ app }).filter(forPrograms)) {
      for (const headers of closed)
        assert.equal((await sendBare(entry, headers)).body.code, 'http.foreign_origin')
      for (const type of types.slice(1, 4))
        assert.equal((await sendBare(entry, { 'content-type': type ?? '' })).status, 415)
    }
  })

  test('an Authorization header beside the cookie is no way round', async () => {
    const headers = {
      host: new URL(app.url).host,
      cookie: browser.headers('POST').cookie,
      authorization: 'Bearer x',
      'content-type': 'application/json',
    }
    const answer = await browser.send({
      method: 'PATCH',
      path: '/api/v1/account/profile',
      headers,
      body: '{}',
    })
    assert.equal(answer.body.code, 'http.foreign_origin')
  })

  test('reading from another site shows nothing to it: no answer carries a CORS header', async () => {
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      const headers = {
        ...browser.headers('GET'),
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
      }
      const answer = await browser.send({ method, path: '/api/v1/account/me', headers })
      const cors = Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))
      assert.deepEqual(cors, [])
    }
  })

  test('no method that should only read changes anything, and none that changes hides behind another name', async () => {
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const headers = { ...browser.headers('GET'), [name]: 'DELETE' }
      assert.equal(
        (await browser.send({ method: 'GET', path: '/api/v1/account/picture', headers })).status,
        405,
      )
    }
  })
})
