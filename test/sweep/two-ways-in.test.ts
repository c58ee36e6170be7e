import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { type Listening, listen } from '#platform/http/serve.ts'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { makeToken } from '#test/harness/keys.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import { sessionValue } from '#test/harness/scene.ts'

const waitMillisMax = 3000
const end = '\r\n'

/** Sends these very bytes, one part after the other, and reads on until so many answers are there. */
const exchange = (port: number, parts: readonly string[], answers = 1): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const finish = (): void => {
      clearTimeout(deadline)
      socket.destroy()
      resolve(text)
    }
    const deadline = setTimeout(finish, waitMillisMax)
    socket.on('error', reject)
    socket.on('close', finish)
    socket.on('data', (part: Buffer) => {
      text += part.toString('latin1')
      if ((text.match(/HTTP\/1\.1 \d/g)?.length ?? 0) >= answers) setTimeout(finish, 10)
    })
    void (async () => {
      for (const part of parts) {
        if (!socket.destroyed) socket.write(part, 'latin1')
        await new Promise((next) => setTimeout(next, 10))
      }
    })()
  })

/** Without what differs from one answer to the next, and without how its length is told. */
const essence = (answer: string): readonly string[] =>
  answer
    .replace(/req_\w+/g, 'req')
    .replace(/\b[rt]=\d+/g, '')
    .replace(/"lastUsedAt":"[^"]*"/g, '')
    .split(/\r\n/)
    .map((line) => line.replace(/^[\w-]+:/, (name) => name.toLowerCase()))
    .filter((line) => !/^(date|content-length|transfer-encoding):|^0?$/.test(line))
    .sort()

describe('the short way in and the router', () => {
  let app: TestApp
  let routed: Listening
  let owner: Person
  let own: Readonly<Record<'host' | 'cookie' | 'bearer' | 'json' | 'page', string>>
  const head = (...lines: readonly string[]): string => [...lines, '', ''].join(end)

  before(async () => {
    const settings = { LATCHKEY_LIMITS_REQUESTS_PER_KEY: '100000' }
    app = await startApp({ engine: 'sqlite', settings })
    // The same program, with the short way closed.
    routed = await listen(
      { fetch: app.app.fetch, fastPath: () => false, unparsed: app.app.unparsed },
      { host: '127.0.0.1', port: 0 },
    )
    owner = await setUpOwner(app)
    const { token } = await makeToken(owner, { scopes: ['api:full'] })
    const csrf = owner.browser.headers('POST')['x-csrf-token']
    own = {
      host: `Host: ${new URL(app.url).host}`,
      cookie: `Cookie: latchkey=${sessionValue(owner.browser)}`,
      bearer: `Authorization: Bearer ${token}`,
      json: 'Content-Type: application/json',
      page: [`Origin: ${app.url}`, `X-Csrf-Token: ${csrf}`].join(end),
    }
  })
  after(async () => {
    await routed?.stop()
    await app?.stop()
  })

  const assertAlike = async (request: string): Promise<string> => {
    const port = Number(new URL(app.url).port)
    const short = await exchange(port, [request])
    const long = await exchange(routed.port, [request])
    assert.deepEqual(essence(short), essence(long), request.slice(0, 200))
    return short
  }

  test('read an address alike, however odd', async () => {
    const queries = [
      ...['', '?', '?&', '?=', '??state=all', '?state=all#x', '?limit=1#x', '?state', '?state='],
      ...['?st%61te=%61ll', '?state=+all', '?state=%zz', '?state=%ff', '?%e2%82=1', '?%=1'],
      ...['?state=all&state=all', '?state=all;limit=1', '?limit=%31&', '?limit=1?', '?a%00=1'],
      ...['?__proto__=1', '?%5f_proto__=1', '?constructor=1', '?toString=1', '?hasOwnProperty=1'],
    ]
    for (const query of queries) {
      const line = `GET /api/v1/account/tokens${query} HTTP/1.1`
      await assertAlike(head(line, own.host, own.cookie))
      const verify = `GET /api/v1/verify${query.replace('state', 'scope')} HTTP/1.1`
      await assertAlike(head(verify, own.host, own.bearer))
    }
    const wanted = await assertAlike(
      head('GET /api/v1/account/tokens??state=all HTTP/1.1', own.host, own.cookie),
    )
    assert.match(wanted, /^HTTP\/1\.1 400 /)
  })

  test('read credentials alike, however they are written', async () => {
    const value = own.cookie.slice('Cookie: latchkey='.length)
    const token = own.bearer.slice('Authorization: Bearer '.length)
    const shown = [
      ...[own.cookie, own.bearer, own.cookie + end + own.bearer, own.bearer + end + own.bearer],
      ...[`${own.bearer}=`, `${own.bearer}, x`, `Authorization:${end}${own.bearer}`],
      ...[`authorization:   bEaReR   ${token}`, `Authorization: Bearer\t${token}`],
      ...[`${own.bearer}${end}AUTHORIZATION: Basic eDp5`, `${own.cookie}; latchkey=${value}`],
      ...[
        `${own.cookie}${end}${own.cookie}`,
        `${own.cookie}${end}Cookie: a=b`,
        `${own.cookie},a=b`,
      ],
      ...[
        `Cookie: \xa0latchkey=${value}`,
        `Cookie: latchkey="${value}"`,
        `Cookie: LATCHKEY=${value}`,
      ],
      ...[
        `Cookie: latchkey = ${value}`,
        `Cookie: a=latchkey=${value}`,
        `Cookie: =latchkey=${value}`,
      ],
    ]
    for (const credential of shown)
      for (const path of ['/api/v1/account/me', '/api/v1/verify'])
        await assertAlike(head(`GET ${path} HTTP/1.1`, own.host, credential))
  })

  test('read a body alike, and believe the same senders', async () => {
    const good = '{"password":"correct horse"}'
    const post = (body: string, ...headers: readonly string[]): string =>
      head(
        'POST /api/v1/password/assess HTTP/1.1',
        ...[own.host, ...headers],
        `Content-Length: ${body.length}`,
      ) + body
    const bodies = [
      ...[
        '',
        '[]',
        'null',
        '{"a"',
        '{"\xff"',
        `\xef\xbb\xbf${good}`,
        '{"__proto__":{"password":"x"}}',
      ],
      ...['{"password":"x","password":"y"}', '{"password":"\\u0000"}', '{"password":1}'],
      ...[`${' '.repeat(64 * 1024 + 1 - good.length)}${good}`, '['.repeat(30_000)],
    ]
    for (const body of bodies) await assertAlike(post(body, own.json, own.cookie, own.page))
    const senders = [
      ...[
        own.json,
        `Content-Type: text/plain${end}${own.json}`,
        'Content-Type: APPLICATION/JSON;x=y',
      ],
      ...[`${own.json}${end}Origin: http://evil.example`, `${own.json}${end}${own.cookie}`],
      ...[`${own.json}${end}${own.cookie}${end}${own.page}${end}Sec-Fetch-Site: cross-site`],
      ...[`${own.json}${end}${own.cookie}${end}${own.page}${end}X-Csrf-Token: x`],
      ...[`${own.json}${end}${own.bearer}`, `${own.json}${end}${own.bearer}${end}Origin: http://x`],
    ]
    for (const sender of senders) await assertAlike(post(good, sender))
    const json = 'Content-Type: application/json'
    const said = [
      ...['utf-8', 'UTF-8', '"Utf-8"', 'utf-16', '', 'utf-8; charset=utf-16'].map(
        (charset) => `${json}; charset=${charset}`,
      ),
      ...['gzip', 'identity', 'identity, br', ''].map(
        (coding) => `${own.json}${end}Content-Encoding: ${coding}`,
      ),
      `${own.json}${end}Content-Encoding: identity${end}Content-Encoding: gzip`,
    ]
    for (const one of said) await assertAlike(post(good, one))
  })

  test('leave a connection usable after a body that was too large', async () => {
    const part = 'x'.repeat(20_000)
    const chunk = `${part.length.toString(16)}${end}${part}${end}`
    const next = head('GET /healthz HTTP/1.1', own.host)
    const begin = (...lines: readonly string[]): string =>
      head('POST /api/v1/leaked-token HTTP/1.1', own.host, own.json, ...lines)
    const parts = Array.from({ length: 10 }, () => chunk)
    const chunked = [begin('Transfer-Encoding: chunked'), ...parts, `0${end}${end}`, next]
    const plain = [begin('Content-Length: 200000'), ...parts.map(() => part), next]
    for (const port of [Number(new URL(app.url).port), routed.port])
      for (const sent of [chunked, plain]) {
        const answer = await exchange(port, sent, 2)
        const statuses = answer.match(/(?<=HTTP\/1\.1 )\d{3}/g)
        assert.deepEqual(statuses, ['413', '200'])
      }
  })
})
