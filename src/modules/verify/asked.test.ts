import assert from 'node:assert/strict'
import { request as send } from 'node:http'
import { test } from 'node:test'
import { newcomer } from '#test/harness/factors.ts'
import { onEachEngine, type Scene, sessionValue } from '#test/harness/scene.ts'

type Headers = Readonly<Record<string, string>>
type Answer = { readonly status: number; readonly headers: Record<string, unknown>; text: string }

const ask = (
  scene: Scene,
  {
    method = 'GET',
    path = '',
    headers = {},
  }: { method?: string; path?: string; headers?: Headers },
): Promise<Answer & { readonly body: Record<string, string> }> =>
  new Promise((resolve, reject) => {
    const url = new URL(scene.app.url)
    const options = { port: url.port, host: url.hostname, method, headers }
    send({ ...options, path: `/api/v1/verify${path}` }, (response) => {
      let text = ''
      response.on('data', (part: Buffer) => {
        text += part
      })
      response.on('end', () => {
        const isJson = String(response.headers['content-type']).includes('json')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: isJson && text !== '' ? JSON.parse(text) : {},
        })
      })
    })
      .on('error', reject)
      .end()
  })

const redirect = '?otherwise=redirect'
const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const way = { 'x-forwarded-uri': '/board?all=1' }
const signInWithWay = ({ app }: Scene) =>
  `${app.url}/login?next=${encodeURIComponent('/board?all=1')}`

onEachEngine('a proxy asks for a single-page application', (scene) => {
  const cookie = () => ({ cookie: `latchkey=${sessionValue(scene.owner.browser)}` })

  test('whose calls learn where to sign in, while a browser that goes to a page is sent there', async () => {
    const programs: readonly Headers[] = [
      { 'sec-fetch-mode': 'cors', accept: '*/*' },
      { 'sec-fetch-mode': 'same-origin', ...page },
      { 'sec-fetch-mode': 'websocket' },
      { accept: 'application/json' },
      { accept: '*/*' },
      { ...page, 'x-requested-with': 'XMLHttpRequest' },
      { ...page, 'x-forwarded-method': 'POST' },
      { ...page, 'x-original-method': 'DELETE' },
      { ...page, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    ]
    for (const headers of programs)
      for (const path of [redirect, '']) {
        const answer = await ask(scene, { path, headers: { ...way, ...headers } })
        const told = JSON.stringify(headers)
        assert.equal(answer.status, 401, told)
        assert.match(String(answer.headers['content-type']), /^application\/problem\+json/, told)
        assert.match(answer.body.signInAt ?? '', new RegExp(`^${scene.app.url}/login`), told)
        assert.equal(answer.headers['x-latchkey-redirect'], undefined, told)
      }
    const pages: readonly Headers[] = [page, { 'sec-fetch-mode': 'navigate', accept: '*/*' }, {}]
    for (const headers of pages) {
      const sent = await ask(scene, { path: redirect, headers: { ...way, ...headers } })
      assert.deepEqual([sent.status, sent.headers.location], [302, signInWithWay(scene)])
      const told = await ask(scene, { headers: { ...way, ...headers } })
      assert.deepEqual(
        [told.status, told.headers['x-latchkey-redirect']],
        [401, signInWithWay(scene)],
      )
    }
  })

  test('whose forms are sent to the sign-in page without a way back to what they had sent', async () => {
    const headers = { ...way, 'sec-fetch-mode': 'navigate', 'x-forwarded-method': 'POST' }
    const sent = await ask(scene, { path: redirect, headers })
    assert.deepEqual([sent.status, sent.headers.location], [302, `${scene.app.url}/login`])
  })

  test('with the method and the path of its visitor, as Envoy does', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])
      for (const path of ['', '/', '/board?all=1&scope=x', '//evil.example/']) {
        const asked = `${method} ${path}`
        const answer = await ask(scene, { method, path, headers: cookie() })
        assert.equal(answer.status, 200, asked)
        assert.equal(answer.headers['x-latchkey-user'], scene.owner.userId, asked)
        assert.equal((await ask(scene, { method, path })).headers['x-latchkey-user'], undefined)
      }
    const sent = await ask(scene, { path: '/board?all=1', headers: page })
    assert.deepEqual([sent.status, sent.headers.location], [302, signInWithWay(scene)])
    const hostile = await ask(scene, { path: '//evil.example/', headers: page })
    assert.equal(hostile.headers.location, `${scene.app.url}/login`)
    const call = await ask(scene, { method: 'POST', path: '/board', headers: page })
    assert.equal(call.status, 401)
    assert.equal((await ask(scene, { method: 'POST', path: 'x/board' })).status, 404)
  })

  test('and takes what it requires from the operator of Envoy, not from the address of a visitor', async () => {
    const viewer = await newcomer(scene, 'viewer')
    const headers = {
      cookie: `latchkey=${sessionValue(viewer.browser)}`,
      'x-latchkey-ask': 'permission=people.manage',
    }
    const refused = await ask(scene, { path: '/board?permission=account.view', headers })
    assert.equal(refused.status, 403)
    assert.equal(refused.body.code, 'auth.not_allowed')
    const asked = { 'x-latchkey-ask': 'permission=people.mange' }
    const slip = await ask(scene, { path: '/board', headers: { ...headers, ...asked } })
    assert.equal(slip.status, 400)
    const exact = await ask(scene, { path: '?permission=people.manage', headers })
    assert.equal(exact.status, 403)
  })

  test('with the whole address, as ingress-nginx does', async () => {
    const asked = (address: string) =>
      ask(scene, {
        headers: { ...page, 'x-original-url': address, 'x-original-method': 'GET' },
      })
    const here = await asked(`${scene.app.url}/board?all=1`)
    assert.equal(here.headers['x-latchkey-redirect'], signInWithWay(scene))
    for (const address of ['https://evil.example/board', `${scene.app.url}//evil.example`, '/x']) {
      const { headers } = await asked(address)
      assert.equal(headers['x-latchkey-redirect'], `${scene.app.url}/login`, address)
    }
  })

  test('about a web socket, and about a HEAD', async () => {
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'x'.repeat(22),
    }
    const opened = await ask(scene, { headers: { ...cookie(), ...upgrade } })
    assert.equal(opened.headers['x-latchkey-user'], scene.owner.userId)
    assert.equal((await ask(scene, { headers: upgrade })).status, 401)
    const head = await ask(scene, { method: 'HEAD', headers: cookie() })
    assert.equal(head.headers['x-latchkey-user'], scene.owner.userId)
    assert.deepEqual([(await ask(scene, { method: 'HEAD' })).text, head.text], ['', ''])
  })

  test('about a preflight, which gets no further unless the operator says so', async () => {
    const answer = await ask(scene, { method: 'OPTIONS', path: '/board', headers: preflight })
    assert.equal(answer.status, 401)
  })
})

const preflight = { origin: 'https://shop.example', 'access-control-request-method': 'PUT' }
const settings = { LATCHKEY_VERIFY_PREFLIGHTS: 'pass' }

onEachEngine(
  'an operator lets preflights pass',
  (scene) => {
    const status = async (headers: Headers, asked: { method?: string; path?: string } = {}) => {
      const answer = await ask(scene, { ...asked, headers })
      assert.equal(answer.headers['x-latchkey-user'], undefined)
      return answer.status
    }

    test('whatever the proxy, and tells the application no name', async () => {
      assert.equal(await status({ ...preflight, 'x-original-method': 'OPTIONS' }), 200)
      assert.equal(await status({ ...preflight, 'x-forwarded-method': 'OPTIONS' }), 200)
      assert.equal(await status(preflight, { method: 'OPTIONS', path: '/board' }), 200)
    })

    test('and nothing that only says it were one', async () => {
      const says = { ...preflight, 'x-original-method': 'OPTIONS' }
      assert.equal(await status({ ...says, 'x-forwarded-method': 'GET' }), 401)
      assert.equal(await status({ ...says, accept: '*/*' }, { path: '/board' }), 401)
      assert.equal(await status(preflight), 401)
      assert.equal(await status({ 'x-original-method': 'OPTIONS' }), 401)
      assert.equal(await status({ ...says, cookie: `latchkey=${'A'.repeat(43)}` }), 401)
      assert.equal(await status({ ...says, authorization: 'Bearer nonsense' }), 401)
    })
  },
  { settings },
)
