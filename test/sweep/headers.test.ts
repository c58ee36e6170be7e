import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import sharp from 'sharp'
import { fault } from '#platform/refusals.ts'
import { startApp, type TestApp } from '#test/harness/app.ts'
import type { Answer, Browser } from '#test/harness/client.ts'
import { passwordOf } from '#test/harness/people.ts'

const origin = 'https://account.example.com'
const webRoot = new URL('../../dist/web/', import.meta.url)
const isBuilt = existsSync(new URL('index.html', webRoot))

/** What differs from answer to answer, or belongs to the connection. */
const varying = [
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'x-request-id',
  'ratelimit',
  'etag',
  'x-csrf-token',
]
const headersIn = (answer: Pick<Answer, 'headers'>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !varying.includes(name)))

const common = {
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
}
const api = {
  ...common,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cache-control': 'no-store',
}
const limited = { 'ratelimit-policy': '"address";q=100000;w=10' }
const problem = { ...api, 'content-type': 'application/problem+json' }

const policyWith = (nonce: string): string =>
  [
    `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'",
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    'trusted-types app default; report-uri /api/v1/csp-report',
  ].join('; ')

const nonceOf = ({ headers }: Answer): string =>
  /'nonce-([A-Za-z0-9_-]{22})'/.exec(String(headers['content-security-policy']))?.[1] ?? ''

describe('headers of an answer (attack A90)', () => {
  let app: TestApp
  let browser: Browser
  const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    browser.fetch({ method: 'GET', path, headers: { host: 'account.example.com', ...headers } })
  const getPage = (path: string) => get(path, { accept: 'text/html' })

  before(async () => {
    app = await startApp({
      engine: 'sqlite',
      settings: { LATCHKEY_PUBLIC_URL: origin, LATCHKEY_TRUSTED_PROXIES: '1' },
    })
    browser = app.newBrowser()
    const person = { name: 'Ada', email: 'ada@example.com', password: passwordOf('quartz') }
    const done = await browser.do(
      'sign-in.set-up',
      { code: app.setupCode, organisationName: 'Acme', ...person },
      { origin },
    )
    assert.equal(done.status, 200, done.text)
    const cookies = [done.headers['set-cookie'] ?? []].flat()
    const names = cookies.map((line) => line.split('=')[0]).sort()
    assert.deepEqual(names, [
      '__Host-latchkey',
      '__Host-latchkey-device',
      '__Host-latchkey-pending',
    ])
    assert.match(
      cookies.find((line) => line.startsWith('__Host-latchkey=')) ?? '',
      /^__Host-latchkey=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
    assert.match(
      cookies.find((line) => line.includes('-device=')) ?? '',
      /^__Host-latchkey-device=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=7776000$/,
    )
  })
  after(() => app.stop())

  test('of the API', async () => {
    const answer = await get('/api/v1/account/me')
    assert.deepEqual(headersIn(answer), { ...api, ...limited, 'content-type': 'application/json' })
    assert.match(String(answer.headers['x-request-id']), /^req_[0-9a-z]{26}$/)
    assert.match(String(answer.headers.ratelimit), /^"address";r=\d+;t=\d+$/)
    assert.match(String(answer.headers['x-csrf-token']), /^[\w-]{43}$/)
  })

  test('of a refusal, a 401 and a 404', async () => {
    const cookieless = app.newBrowser()
    const stranger = await cookieless.fetch({ method: 'GET', path: '/api/v1/account/me' })
    assert.deepEqual(headersIn(stranger), {
      ...problem,
      ...limited,
      'www-authenticate': 'Bearer realm="latchkey"',
    })
    assert.equal(stranger.body.instance, stranger.headers['x-request-id'])
    assert.deepEqual(headersIn(await get('/api/v1/nothing')), problem)
    assert.deepEqual(headersIn(await get('/nothing')), problem)
  })

  test('of a 429', async () => {
    const path = '/api/v1/password/assess'
    const sent = {
      method: 'POST',
      path,
      headers: { origin, 'content-type': 'application/json' },
      body: '{',
    }
    let answer = await browser.fetch(sent)
    for (let count = 0; answer.status !== 429 && count < 200; count += 1)
      answer = await browser.fetch(sent)
    const { 'retry-after': wait, ...rest } = headersIn(answer)
    assert.deepEqual(rest, { ...problem, 'ratelimit-policy': '"password.assess";q=120;w=60' })
    const reset = Number(/t=(\d+)/.exec(String(answer.headers.ratelimit))?.[1])
    assert.ok(Number(wait) >= reset && reset > 0)
    assert.equal(answer.body.retryAfterSeconds, Number(wait))
    assert.deepEqual(answer.body['violated-policies'], ['password.assess'])
  })

  test('of a fault, which says nothing of what went wrong', async () => {
    await sql`alter table ssh_keys rename to ssh_keys_away`.execute(app.db)
    try {
      const answer = await get('/api/v1/account/ssh-keys')
      assert.deepEqual([answer.status, headersIn(answer)], [500, { ...problem, ...limited }])
      const { instance: _, ...said } = answer.body
      const instance = String(answer.headers['x-request-id'])
      assert.equal(answer.body.instance, instance)
      assert.deepEqual(said, {
        type: '/api/problems/http.fault',
        title: 'Something went wrong on the server.',
        status: 500,
        code: 'http.fault',
        help: fault.help,
      })
      const line = app.logLines.find((one) => one.includes(instance) && one.includes('ssh_keys'))
      assert.ok(line, 'the operator finds it under the id of the request')
    } finally {
      await sql`alter table ssh_keys_away rename to ssh_keys`.execute(app.db)
    }
  })

  test('of a picture', async () => {
    const content = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const { body } = await browser.do('account.set-picture', { content }, { origin })
    const picture = await get(body.pictureUrl)
    const own = {
      ...api,
      ...limited,
      'content-type': 'image/webp',
      'cache-control': 'private, no-cache',
    }
    assert.deepEqual(headersIn(picture), own)
    const again = await get(body.pictureUrl, { 'if-none-match': String(picture.headers.etag) })
    assert.deepEqual([again.status, again.bytes.length], [304, 0])
  })

  test('of an event stream', async () => {
    const { port } = new URL(app.url)
    const headers = browser.headers('GET')
    const answer = await new Promise<Pick<Answer, 'headers'>>((resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port, path: '/api/v1/account/sessions/watch', headers },
        (incoming) => {
          resolve({ headers: incoming.headers })
          outgoing.destroy()
        },
      )
      outgoing.once('error', reject)
      outgoing.end()
    })
    assert.deepEqual(headersIn(answer), {
      ...api,
      ...limited,
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
    })
  })

  test('of a page, each with a nonce of its own', { skip: !isBuilt }, async () => {
    const pages = await Promise.all(
      ['/login', '/login', '/admin/account/profile', '/setup'].map(getPage),
    )
    assert.equal(new Set(pages.map(nonceOf)).size, 4)
    for (const page of pages) {
      assert.equal(page.status, 200)
      const nonce = nonceOf(page)
      const { 'permissions-policy': permissions, 'accept-ch': hints, ...rest } = headersIn(page)
      const own = {
        'content-security-policy': policyWith(nonce),
        'cache-control': 'no-store',
        'content-type': 'text/html; charset=utf-8',
      }
      assert.deepEqual(rest, { ...common, ...own })
      assert.match(String(permissions), /camera=\(\).*publickey-credentials-get=\(self\)/)
      assert.match(String(hints), /^Sec-CH-UA-Model/)
      const scripts = [...page.text.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag)
      assert.ok(scripts.length > 0)
      for (const tag of scripts) assert.ok(tag.includes(`nonce="${nonce}"`), tag)
      assert.doesNotMatch(page.text, /(src|href)="(https?:)?\/\/|__CSP_NONCE__| on\w+="/)
    }
  })

  test('of a page that does not exist', { skip: !isBuilt }, async () => {
    const page = await getPage('/admin/nothing')
    assert.equal(page.status, 404)
    assert.equal(page.headers['content-security-policy'], policyWith(nonceOf(page)))
  })

  test('of a file: its name carries its hash, and none lies beside the others', {
    skip: !isBuilt,
  }, async () => {
    const name = readdirSync(new URL('assets/', webRoot)).find((one) => one.endsWith('.js')) ?? ''
    const asset = await get(`/assets/${name}`)
    const file = {
      ...common,
      vary: 'accept-encoding',
      'content-type': 'text/javascript; charset=utf-8',
    }
    assert.deepEqual(headersIn(asset), {
      ...file,
      'cache-control': 'public, max-age=31536000, immutable',
    })
    assert.equal(
      (await get(`/assets/${name}`, { 'accept-encoding': 'br' })).headers['content-encoding'],
      'br',
    )
    // An application behind the same proxy has files of its own beside them.
    const files = readdirSync(webRoot, { withFileTypes: true }).filter((one) => one.isFile())
    const pages = ['entrance', 'index', 'reference'].map((name) => `${name}.html`)
    const beside = files.map((file) => file.name).filter((name) => !/^\.|\.(br|gz)$/.test(name))
    assert.deepEqual(beside.sort(), pages)
  })

  test('no answer says what it was made with', async () => {
    for (const path of [
      '/',
      '/login',
      '/api/openapi.json',
      '/healthz',
      '/api/v1/account/me',
      '/nothing',
      '/api/problems/http.fault',
    ])
      for (const name of ['server', 'x-powered-by', 'via', 'x-aspnet-version'])
        assert.equal((await get(path)).headers[name], undefined, `${path} ${name}`)
  })
})
