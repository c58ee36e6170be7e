import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { refuseUnparsed } from '#platform/http/unparsed.ts'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { days } from '#test/harness/scene.ts'

/** What came back for these very bytes. */
const exchange = (port: number, sent: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (part: Buffer) => {
      text += part.toString()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
    socket.write(sent)
  })

const head = (...lines: readonly string[]): string =>
  [...lines, 'Connection: close', '', ''].join('\r\n')

/** A problem document with the headers of every answer. */
const assertProblem = (answer: string, status: number, code: string): void => {
  const shown = answer.slice(0, 300)
  assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), shown)
  assert.match(answer, /^content-type: application\/problem\+json\r$/im, shown)
  assert.match(answer, /^cache-control: no-store\r$/im, shown)
  assert.match(answer, /^x-content-type-options: nosniff\r$/im, shown)
  assert.match(answer, /^connection: close\r$/im, shown)
  const [, id] = /^x-request-id: (req_\w+)\r$/im.exec(answer) ?? []
  const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
  assert.deepEqual([problem.status, problem.code, problem.instance], [status, code, id])
}

describe('a host that is named in a request', () => {
  let app: TestApp
  let port: number
  before(async () => {
    const settings = { LATCHKEY_OTHER_HOSTS: 'latchkey,[::1]' }
    app = await startApp({ engine: 'sqlite', settings })
    port = Number(new URL(app.url).port)
  })
  after(() => app.stop())
  const get = (path: string, ...hosts: readonly string[]): Promise<string> =>
    exchange(port, head(`GET ${path} HTTP/1.1`, ...hosts.map((host) => `Host: ${host}`)))
  const bound = ['/login', '/api/v1/setup', '/api/openapi.json', '/.well-known/change-password']

  test('is answered when it is the installation, a name the operator added, or this machine', async () => {
    for (const host of [`localhost:${port}`, 'LOCALHOST', 'latchkey:3000', '[::1]', '127.0.0.1'])
      assert.doesNotMatch(await get('/login', host), /^HTTP\/1\.1 4/, host)
  })

  test('is refused when it is another, and nothing of a page is shown', async () => {
    for (const path of bound)
      for (const host of ['evil.example', 'localhost.evil.example', '203.0.113.7', 'localhost.'])
        assertProblem(await get(path, host), 421, 'http.misdirected')
    const said = app.logLines.filter((line) => line.includes('named a host'))
    assert.equal(said.length, 1, 'once a day')
  })

  test('is refused when it is not clear which one is meant', async () => {
    for (const hosts of [
      ['localhost', 'localhost'],
      ['localhost', 'evil.example'],
      [],
      [''],
      ['http://localhost/'],
      ['me@localhost'],
      ['localhost:port'],
      ['localhost, evil.example'],
    ])
      assertProblem(await get('/login', ...hosts), 400, 'http.host_unclear')
    for (const address of [`http://localhost:${port}/login`, 'http://evil.example/login'])
      assertProblem(await get(address, 'localhost'), 400, 'http.host_unclear')
  })

  test('does not matter to what watches the process, or to a proxy that asks who it is', async () => {
    for (const path of ['/healthz', '/readyz'])
      for (const host of ['10.0.0.7:3000', 'latchkey.default.svc', 'localhost'])
        assert.match(await get(path, host), /^HTTP\/1\.1 200 /, host)
    assert.match(await exchange(port, 'GET /healthz HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /)
    for (const path of ['/api/v1/verify', '/api/v1/verify/board'])
      assert.match(await get(path, 'application.internal'), /^HTTP\/1\.1 (401|302) /)
    assertProblem(await get('/api/v1/verify', 'a', 'b'), 400, 'http.host_unclear')
  })

  test('is looked at in other programs that run the product, too', async () => {
    const ask = async (address: string) => (await app.app.fetch(new Request(address))).status
    assert.equal(await ask('http://evil.example/login'), 421)
    assert.equal(await ask('http://evil.example/healthz'), 200)
    assert.equal(await ask('http://localhost/healthz'), 200)
  })
})

describe('what is no request', () => {
  let app: TestApp
  let port: number
  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    port = Number(new URL(app.url).port)
  })
  after(() => app.stop())

  test('is refused with a problem document like everything else', async () => {
    const cases: readonly (readonly [string, number, string])[] = [
      ['NONSENSE\r\n\r\n', 400, 'malformed_request'],
      ['GET /\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'malformed_request'],
      ['GET / HTTP/1.1\r\nHost localhost\r\n\r\n', 400, 'malformed_request'],
      [head('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: x'), 400, 'malformed_request'],
      ['GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', 400, 'malformed_request'],
      [head(`GET /${'a'.repeat(20_000)} HTTP/1.1`, 'Host: localhost'), 414, 'address_too_long'],
      [head('GET / HTTP/1.1', `Cookie: ${'a'.repeat(20_000)}`), 431, 'headers_too_large'],
      [
        head('POST /login HTTP/1.1', 'Host: localhost', 'Expect: 200-maybe'),
        417,
        'expectation_failed',
      ],
    ]
    for (const [sent, status, code] of cases)
      assertProblem(await exchange(port, sent), status, `http.${code}`)
  })

  test('says so when it takes too long, and is never mixed into another answer', async () => {
    const slow = createServer(
      { headersTimeout: 60, connectionsCheckingInterval: 20 },
      (_, answer) => {
        answer.write('begun')
      },
    )
    refuseUnparsed(slow, app.app.unparsed)
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    const at = slow.address()
    const slowPort = typeof at === 'object' && at ? at.port : 0
    assertProblem(await exchange(slowPort, 'GET / HTTP/1.1\r\n'), 408, 'http.request_timeout')
    const mixed = await exchange(slowPort, 'GET / HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE\r\n\r\n')
    assert.doesNotMatch(mixed, /problem/)
    slow.closeAllConnections()
    slow.close()
  })
})

describe('X-Forwarded-For without a trusted proxy', () => {
  test('is said once a day, and not with every request', async () => {
    const app = await startApp({ engine: 'sqlite' })
    const lines = () => app.logLines.filter((line) => line.includes('no proxy is trusted')).length
    const visit = () =>
      app.newBrowser().fetch({
        method: 'GET',
        path: '/healthz',
        headers: { 'x-forwarded-for': '203.0.113.9' },
      })
    await app.newBrowser().fetch({ method: 'GET', path: '/healthz' })
    assert.equal(lines(), 0)
    for (let count = 0; count < 5; count += 1) await visit()
    assert.equal(lines(), 1)
    app.clock.advance(days(1))
    await visit()
    assert.equal(lines(), 2)
    await app.stop()
  })
})
