import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { onEachBasis } from '#test/harness/basis.ts'
import type { Answer, Browser } from '#test/harness/client.ts'
import { product } from '#test/harness/product.ts'
import { assertRefused } from '#test/harness/scene.ts'
import { assertNoFaults, assertNotFault } from './calls.ts'

/** One raw request; the first line of the answer, or nothing when the connection was closed. */
const rawly = (app: TestApp, text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
    let got = ''
    const end = (): void => {
      socket.destroy()
      resolve(got.split('\r\n')[0] ?? '')
    }
    socket.setTimeout(3000, end)
    socket.on('data', (chunk) => {
      got += chunk
      if (got.includes('\r\n\r\n')) end()
    })
    socket.on('error', end)
    socket.on('close', end)
    socket.write(text)
  })

const token = 'metrics-token-for-this-test'

describe('nothing extra is exposed (attack A94)', () => {
  let app: TestApp
  let browser: Browser
  const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    browser.send({ method: 'GET', path, headers: { host: 'localhost', ...headers } })
  before(async () => {
    app = await startApp({ engine: 'sqlite', settings: { LATCHKEY_METRICS_TOKEN: token } })
    browser = app.newBrowser()
  })
  after(async () => {
    assertNoFaults(app)
    await app.stop()
  })

  test('files that lie around are not served, however their address is written', async () => {
    const paths = [
      '/.git/HEAD',
      '/.env',
      '/package.json',
      '/src/main.ts',
      '/keys.json',
      '/latchkey.db',
      '/data/latchkey.db',
      '/index.html.bak',
      '/index.html~',
      '/backup.zip',
      '/assets/',
      '/assets',
      '/docs',
      '/debug',
      '/server-status',
      '/.well-known/',
      '/openapi.json',
      '/api',
      '/api/',
      '/swagger',
      '/graphql',
      '/console',
      '/phpinfo.php',
      '/assets/../index.html',
      '/assets/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..%5cpackage.json',
      '//package.json',
      '/assets/index.js.map',
      '/index.html%00.js',
      '/%00',
      '/assets/%ff',
    ]
    for (const path of paths) {
      const answer = await get(path)
      assert.ok([400, 404].includes(answer.status), `${path} answered ${answer.status}`)
      assert.doesNotMatch(answer.text, /root:|"private"|-----BEGIN|sourcesContent/)
    }
  })

  test('health is one constant, whatever is asked', async () => {
    for (const path of ['/healthz', '/healthz?verbose', '/healthz?full=1'])
      assert.deepEqual([(await get(path)).status, (await get(path)).text], [200, 'ok\n'])
    assert.deepEqual([(await get('/readyz')).status, (await get('/readyz')).text], [200, 'ready\n'])
  })

  test('metrics do not exist for who does not know the token, and name no person for who does', async () => {
    for (const authorization of [
      '',
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `Basic ${token}`,
      `bearer ${token}`,
      'Bearer ',
    ])
      assertRefused(
        await get('/metrics', authorization ? { authorization } : {}),
        404,
        'http.not_found',
      )
    assertRefused(await get(`/metrics?token=${token}`), 404, 'http.not_found')
    const seen = await get('/metrics', { authorization: `Bearer ${token}` })
    assert.equal(seen.status, 200)
    assert.match(seen.text, /latchkey_requests_total/)
    assert.doesNotMatch(seen.text, /@|usr_|127\.0\.0\.1/)
  })

  test('odd methods are refused and never a fault', async () => {
    for (const method of ['OPTIONS', 'PROPFIND', 'SEARCH', 'PURGE', 'LINK'])
      for (const path of ['/', '/login', '/api/v1/account/me', '/healthz', '/api/openapi.json']) {
        const answer = await browser.send({ method, path, headers: { host: 'localhost' } })
        assert.ok([404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`)
      }
    for (const method of ['TRACE', 'TRACK', 'CONNECT', 'FOO', 'get'])
      for (const path of ['/', '/api/v1/account/me']) {
        const line = await rawly(
          app,
          `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: latchkey=canary\r\n\r\n`,
        )
        assert.doesNotMatch(line, / (2|5)\d\d /, `${method} ${path}: ${line}`)
      }
  })

  test('HEAD tells what GET tells, without the body', async () => {
    for (const path of ['/healthz', '/api/v1/sign-in/status', '/api/openapi.json'])
      assert.match(
        await rawly(app, `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`),
        / 200 /,
        path,
      )
    const health = await browser.send({
      method: 'HEAD',
      path: '/healthz',
      headers: { host: 'localhost' },
    })
    assert.deepEqual([health.status, health.bytes.length], [200, 0])
  })

  test('broken requests end the connection, not the server', async () => {
    const requests = [
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /api/v1/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
      'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
      'GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n',
      'GET  / HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a b\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: ][\r\n\r\n',
      '\u0016\u0003\u0001\u0000',
    ]
    for (const text of requests)
      assert.doesNotMatch(await rawly(app, text), / 5\d\d /, JSON.stringify(text))
    assert.equal((await get('/healthz')).status, 200)
  })

  test('a made-up Host is believed by nothing: no answer repeats it', async () => {
    for (const path of ['/', '/login', '/api/openapi.json', '/api/v1/sign-in/status', '/nothing']) {
      const answer = await get(path, {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        forwarded: 'host=evil.example',
      })
      assert.doesNotMatch(JSON.stringify(answer.headers) + answer.text, /evil\.example/, path)
    }
  })

  test('a problem has a page for each code, and for no other', async () => {
    for (const { code } of app.app.runtime.registry.refusals)
      assert.equal((await get(`/api/problems/${code}`)).status, 200, code)
    for (const code of ['nothing', '<script>', '..%2f', 'http.', '__proto__', 'constructor'])
      assert.equal((await get(`/api/problems/${code}`)).status, 404, code)
  })

  test('reports of a broken content policy are taken in small amounts and repeated nowhere', async () => {
    const headers = { host: 'localhost', 'content-type': 'application/csp-report' }
    const send = (body: string) =>
      browser.send({ method: 'POST', path: '/api/v1/csp-report', headers, body })
    const report = {
      'csp-report': {
        'effective-directive': 'img-src canary\r\nforged',
        'blocked-uri': 'https://canary.example',
      },
    }
    for (const body of [
      JSON.stringify(report),
      '{',
      'null',
      '[]',
      '{"csp-report":null}',
      'x'.repeat(20_000),
    ])
      assertNotFault(await send(body), body.slice(0, 30))
    const answers = await Promise.all(Array.from({ length: 25 }, () => send('{}')))
    assert.ok(answers.some(({ status }) => status === 429))
    assert.doesNotMatch(app.logLines.join('\n'), /canary\.example/)
  })
})

onEachBasis('readiness', (held) => {
  test('asks the database once a second at the most, and says 503 when it is gone', async () => {
    const { basis } = held
    const db = basis.openAgain()
    const parts = { ...basis.services, db, webRoot: basis.dataDir, strict: true }
    const app = product.createApp(parts)
    const get = async (path: string): Promise<[number, string]> => {
      const answer = await app.fetch(new Request(`http://localhost:3000${path}`))
      return [answer.status, await answer.text()]
    }
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/readyz')))
    assert.deepEqual(new Set(answers.map(String)), new Set(['200,ready\n']))
    await db.destroy()
    assert.deepEqual(await get('/readyz'), [200, 'ready\n'], 'it asked again within the second')
    basis.clock.advance(2000)
    assert.deepEqual(await get('/readyz'), [503, 'not ready: the database cannot be reached\n'])
    assert.deepEqual(await get('/healthz'), [200, 'ok\n'], 'the process itself is well')
  })
})
