import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { proxies, type Site, startSite, whyMissing } from '#test/harness/proxies.ts'
import { sessionValue } from '#test/harness/scene.ts'

/** What came back for these very bytes: nothing is tidied up on the way, as a client library would. */
const exchange = (port: string, lines: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1')
    const parts: Buffer[] = []
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('close', () => resolve(Buffer.concat(parts).toString()))
    socket.on('error', reject)
    socket.write([...lines, '', ''].join('\r\n'))
  })

for (const proxy of proxies) {
  const skip = whyMissing(proxy)
  describe(`somebody behind ${proxy.name} who knows how headers are read`, { skip }, () => {
    let site: Site
    let session: string
    before(async () => {
      site = await startSite(proxy)
      session = sessionValue(site.owner.browser)
    })
    after(() => site?.stop())

    const visit = (headers: readonly string[], connection = 'close'): Promise<string> => {
      const { host, port } = new URL(site.app.url)
      const head = ['GET / HTTP/1.1', `Host: ${host}`, `Connection: ${connection}`]
      return exchange(port, [...head, ...headers])
    }
    const seenBy = (answer: string): IncomingHttpHeaders => {
      const body = /\{"[\s\S]*\}/.exec(answer)?.[0]
      assert.ok(body, `the application was not reached: ${answer.slice(0, 200)}`)
      return JSON.parse(body) as IncomingHttpHeaders
    }

    test('names nobody by writing a name with an underscore, which many applications read alike', async () => {
      const forged = ['X_Latchkey_User', 'X-Latchkey_Roles', 'x_latchkey-kind', 'X_LATCHKEY_EMAIL']
      const answer = await visit([
        `Cookie: latchkey=${session}`,
        ...forged.map((name) => `${name}: usr_forged`),
      ])
      assert.equal(seenBy(answer)['x-latchkey-user'], site.owner.userId)
      assert.equal(answer.includes('usr_forged'), false)
    })

    test('takes no header away by naming it in Connection', async () => {
      const cookie = [`Cookie: latchkey=${session}`]
      for (const connection of [
        'close, X-Latchkey-User, x-latchkey-roles',
        'X-LATCHKEY-USER,close',
      ]) {
        const seen = seenBy(await visit(cookie, connection))
        assert.equal(seen['x-latchkey-user'], site.owner.userId, connection)
        assert.equal(seen['x-latchkey-roles'], 'owner', connection)
      }
    })

    test('gets no cookie of Latchkey through to the application, however many there are', async () => {
      const mine = `latchkey=${session}`
      const cookies = [
        `latchkey-pending=secret1; ${mine}; latchkey-device=secret2; a=b`,
        `__Host-latchkey-pending=secret1; ${mine}; __Host-latchkey-device=secret2`,
        `__Host-latchkey=planted; ${mine}; a=b`,
        `a=b;   ${mine};  latchkey-device=secret1;latchkey-device=secret2`,
        `${mine};__Host-latchkey=secret1;a=b;__Host-latchkey=secret2`,
      ]
      for (const cookie of cookies) {
        const answer = await visit([`Cookie: ${cookie}`])
        assert.equal(seenBy(answer)['x-latchkey-user'], site.owner.userId, cookie)
        for (const secret of [session, 'secret'])
          assert.equal(answer.includes(secret), false, cookie)
      }
    })

    test('opens no web socket to the application without being signed in', async () => {
      const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13']
      const answer = await visit(upgrade, 'Upgrade, close')
      assert.match(answer, /^HTTP\/1\.1 (302|401) /)
      assert.equal(/x-application/i.test(answer), false)
    })

    test('reaches no page of the application by spelling it as one of Latchkey', async () => {
      const { host, port } = new URL(site.app.url)
      const spellings = [
        ...[
          '/login/../secret',
          '/login%2f..%2fsecret',
          '/secret/..%2flogin',
          '/secret/%2e%2e/login',
        ],
        ...['//api/v1/verify', '/API/v1/verify', '/api%2fv1/verify', '/api/v1/..%2f..%2fsecret'],
        ...['/_latchkey', '/login;x', '/LOGIN', '/api/v1/../../secret', `http://${host}/secret`],
      ]
      for (const path of spellings) {
        const head = [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close']
        assert.equal(/x-application/i.test(await exchange(port, head)), false, path)
      }
    })
  })
}
