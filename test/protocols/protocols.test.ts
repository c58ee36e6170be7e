import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, defineModule, operation, type Protocol } from '@latchkey/kit'
import { z } from 'zod'
import { endpointsOf } from '#platform/http/endpoint.ts'
import { json } from '#platform/http/protocols/json.ts'
import { buildRegistry } from '#platform/operations/registry.ts'
import { makeToken } from '#test/harness/keys.ts'
import { productWith } from '#test/harness/product.ts'
import { assertRefused, onEachEngine } from '#test/harness/scene.ts'
import { rpcModule } from './json-rpc.ts'
import { oauthModule } from './oauth.ts'
import { clientKey, scimModule } from './scim.ts'

const product = productWith([oauthModule, scimModule(), rpcModule()])
const form = 'application/x-www-form-urlencoded'
const host = { host: 'localhost' }

onEachEngine(
  'an operation that takes a form and answers as RFC 6749 says',
  (scene) => {
    const exchange = (body: string, headers: Record<string, string> = {}) =>
      scene.app.newBrowser().send({
        method: 'POST',
        path: '/oauth/token',
        headers: { ...host, 'content-type': form, ...headers },
        body,
      })

    test('ignores what it does not know', async () => {
      const answer = await exchange('grant_type=authorization_code&code=good&audience=x')
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(answer.body, { access_token: 'at_1', token_type: 'Bearer' })
      assert.equal(answer.headers['cache-control'], 'no-store')
    })

    test('says what is wrong in the words of the standard', async () => {
      const said = async (body: string, headers = {}) => {
        const { status, body: told, headers: sent } = await exchange(body, headers)
        assert.equal(sent['content-type'], 'application/json')
        assert.equal(sent['x-content-type-options'], 'nosniff')
        return `${status} ${told.error}`
      }
      assert.equal(await said('grant_type=authorization_code&code=bad'), '400 invalid_grant')
      assert.equal(await said('grant_type=password&code=good'), '400 invalid_request')
      assert.equal(await said('code=good&code=good'), '400 invalid_request')
      assert.equal(await said('{}', { 'content-type': 'application/json' }), '400 invalid_request')
    })

    test('is closed to pages of others, as any operation for programs is', async () => {
      const answer = await exchange('grant_type=authorization_code&code=good', {
        origin: 'https://evil.example',
      })
      assert.equal(answer.status, 400)
      assert.equal(answer.body.access_token, undefined)
    })

    test('is documented so', async () => {
      const { body } = await scene.owner.browser.fetch({ method: 'GET', path: '/api/openapi.json' })
      const { post } = body.paths['/oauth/token']
      assert.deepEqual(Object.keys(post.requestBody.content), [form])
      assert.deepEqual(Object.keys(post.responses), ['200', '400', '429', '500'])
      const { content } = post.responses[400]
      assert.equal(
        content['application/json'].examples['oauth.invalid_grant'].value.error,
        'invalid_grant',
      )
    })
  },
  { product },
)

onEachEngine(
  'an operation of SCIM, for a client that is no person',
  (scene) => {
    const media = 'application/scim+json'
    const send = (method: string, path: string, { key = clientKey, body = '' } = {}) =>
      scene.app.newBrowser().send({
        method,
        path: `/scim/v2/Users${path}`,
        headers: {
          ...host,
          authorization: `Bearer ${key}`,
          ...(body ? { 'content-type': media } : {}),
        },
        ...(body ? { body } : {}),
      })
    const create = (userName: string, key = clientKey) =>
      send('POST', '', { key, body: JSON.stringify({ schemas: ['urn:x'], userName }) })

    test('creates with 201 and the address, finds it there, and removes with 204 and nothing', async () => {
      const made = await create('ada')
      assert.equal(made.status, 201, made.text)
      assert.equal(made.headers['content-type'], media)
      assert.equal(made.headers.location, `${scene.app.url}/scim/v2/Users/${made.body.id}`)
      const { pathname } = new URL(String(made.headers.location))
      const found = await send('GET', pathname.slice('/scim/v2/Users'.length))
      assert.deepEqual(found.body, { id: made.body.id, userName: 'ada' })
      const removed = await send('DELETE', `/${made.body.id}`)
      assert.equal(removed.status, 204, removed.text)
      assert.equal(removed.text, '')
      assert.equal(removed.headers['content-type'], undefined)
    })

    test('refuses in the shape of RFC 7644 §3.12', async () => {
      await create('bob')
      const twice = await create('bob')
      assert.equal(twice.status, 409)
      assert.equal(twice.headers['content-type'], media)
      assert.deepEqual(twice.body, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: '409',
        scimType: 'uniqueness',
        detail: 'There is such a user already.',
      })
      const missing = await send('DELETE', '/scu_none')
      assert.deepEqual([missing.status, missing.body.status], [404, '404'])
      await send('DELETE', `/${(await create('carol')).body.id}`)
    })

    test('stands in the trail as the client it was, and is counted and told as a key is', async () => {
      const made = await create(`dora-${scene.engine}`)
      assert.match(String(made.headers['ratelimit-policy']), /^"key";/)
      assert.ok(made.headers['x-latchkey-token-expires'])
      const rows = await scene.app.db
        .withTables<{ audit_entries: Record<string, unknown> }>()
        .selectFrom('audit_entries')
        .selectAll()
        .where('target', '=', made.body.id)
        .execute()
      assert.deepEqual(
        rows.map((row) => [row.code, row.actor_kind, row.actor_id, row.user_id]),
        [['scim.user:created', 'client', 'cli_directory', null]],
      )
    })

    test('is seen as a client by the person it was about', async () => {
      const made = await create(scene.owner.userId)
      const { status, body } = await scene.owner.browser.do('activity.list')
      assert.equal(status, 200)
      const entry = body.entries.find(({ target }: { target: string }) => target === made.body.id)
      assert.equal(entry?.actor, 'client')
    })

    test('is for the client alone, and the client for nothing else', async () => {
      const refused = async (key: string) => (await create('eve', key)).body.detail
      const { token } = await makeToken(scene.owner, { scopes: ['api:full'] })
      assert.equal(await refused(token), 'This is for another kind of caller.')
      assert.equal(await refused(`${clientKey}x`), 'This key was not granted what the call needs.')
      assert.equal(await refused('tcl_unknown'), 'This key is not valid.')
      const asPerson = await scene.app.newBrowser().send({
        method: 'GET',
        path: '/api/v1/account/me',
        headers: { ...host, authorization: `Bearer ${clientKey}` },
      })
      assertRefused(asPerson, 403, 'auth.wrong_caller')
    })

    test('is documented so', async () => {
      const { body } = await scene.owner.browser.fetch({ method: 'GET', path: '/api/openapi.json' })
      const { post } = body.paths['/scim/v2/Users']
      const { delete: remove } = body.paths['/scim/v2/Users/{id}']
      assert.deepEqual(Object.keys(post.requestBody.content), [media])
      assert.deepEqual(post.security, [{ bearer: ['scim'] }, { basic: ['scim'] }])
      assert.ok(post.responses[201].headers.Location)
      assert.ok(post.responses[409].content[media])
      assert.equal(remove.responses[204].content, undefined)
      assert.equal(post.responses[200] ?? remove.responses[200], undefined)
    })
  },
  { product },
)

onEachEngine(
  'an operation of JSON-RPC',
  (scene) => {
    const call = (said: unknown) =>
      scene.owner.browser.fetch({
        method: 'POST',
        path: '/rpc',
        headers: { 'content-type': 'application/json' },
        body: typeof said === 'string' ? said : JSON.stringify(said),
      })
    const errorOf = async (said: unknown) => {
      const { body } = await call(said)
      return [body.jsonrpc, body.id, body.error.code]
    }

    test('answers the call with its id', async () => {
      const { status, body } = await call({ jsonrpc: '2.0', id: 7, method: 'add' })
      assert.equal(status, 200)
      assert.deepEqual([body.jsonrpc, body.id, typeof body.result.count], ['2.0', 7, 'number'])
    })

    test('runs a notification and answers it with 202 and nothing', async () => {
      const count = async () =>
        (await call({ jsonrpc: '2.0', id: 1, method: 'add', params: { by: 0 } })).body.result.count
      const before = await count()
      const told = await call({ jsonrpc: '2.0', method: 'add', params: { by: 5 } })
      assert.deepEqual([told.status, told.text], [202, ''])
      assert.equal(await count(), before + 5)
    })

    test('refuses in its own errors: a batch, an unknown method, wrong parameters, no JSON', async () => {
      const one = { jsonrpc: '2.0', id: 'a', method: 'add' }
      assert.deepEqual(await errorOf([one]), ['2.0', null, -32600])
      assert.deepEqual(await errorOf({ ...one, method: 'sub' }), ['2.0', 'a', -32601])
      assert.deepEqual(await errorOf({ ...one, params: { by: 'x' } }), ['2.0', 'a', -32602])
      assert.deepEqual(await errorOf({ ...one, params: { of: 1 } }), ['2.0', 'a', -32602])
      assert.deepEqual(await errorOf('{'), ['2.0', null, -32700])
    })

    test('keeps what protects a session, whatever it speaks', async () => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'add' })
      const cookie = [...scene.owner.browser.cookies].map(([name, value]) => `${name}=${value}`)
      const send = (headers: Record<string, string>) =>
        scene.app.newBrowser().send({
          method: 'POST',
          path: '/rpc',
          headers: {
            ...host,
            'content-type': 'application/json',
            cookie: cookie.join('; '),
            ...headers,
          },
          body,
        })
      const untold = await send({ origin: scene.app.url })
      assert.deepEqual([untold.status, untold.body.error.data.code], [403, 'http.csrf_token'])
      const foreign = await send({ origin: 'https://evil.example' })
      assert.equal(foreign.body.error.data.code, 'http.foreign_origin')
      const stranger = await send({ cookie: '', origin: scene.app.url })
      assert.equal(stranger.status, 401)
      assert.match(String(stranger.headers['www-authenticate']), /^Bearer/)
    })

    test('is documented so', async () => {
      const { body } = await scene.owner.browser.fetch({ method: 'GET', path: '/api/openapi.json' })
      const { post } = body.paths['/rpc']
      const sent = post.requestBody.content['application/json'].schema
      assert.deepEqual(Object.keys(sent.properties), ['jsonrpc', 'id', 'method', 'params'])
      assert.ok(post.responses[202])
      assert.ok(post.responses[400].content['application/json'].examples['rpc.not_a_call'])
    })
  },
  { product },
)

const greeting = (speaks: string) =>
  answer(
    {
      say: operation({
        name: 'greeting.say',
        summary: 'Say something',
        access: { anyone: true, because: 'it is a test', from: 'programs' },
        input: z.object({}),
        output: z.object({}),
        refusals: [],
        rest: 'GET /greeting',
        speaks,
      }),
    },
    { say: async () => ({}) },
  )

const withCookie = (header: string): Protocol => ({
  ...json,
  id: 'with-cookie',
  write: () => ({ status: 200, headers: { [header]: 'latchkey=planted' }, body: null }),
})

for (const header of ['set-cookie', 'Set-Cookie'])
  onEachEngine(
    `a protocol that goes too far with ${header}`,
    (scene) => {
      test('sets no cookie: that is a fault, and the cookie does not arrive', async () => {
        const answer = await scene.app
          .newBrowser()
          .send({ method: 'GET', path: '/greeting', headers: host })
        assertRefused(answer, 500, 'http.fault')
        assert.equal(answer.headers['set-cookie'], undefined)
        assert.ok(scene.app.logLines.some((line) => line.includes('which only the platform does')))
      })
    },
    {
      product: productWith([
        defineModule({
          name: 'greeting',
          summary: 'Says something',
          protocols: [withCookie(header)],
          operations: greeting('with-cookie'),
        }),
      ]),
    },
  )

test('a protocol nobody brings, and one that two bring, stop the start', () => {
  const planting = withCookie('set-cookie')
  const spoken = (speaks: string, protocols: readonly Protocol[]) =>
    endpointsOf(
      buildRegistry([
        defineModule({ name: 'greeting', summary: 'x', operations: greeting(speaks), protocols }),
      ]),
    )
  assert.equal(spoken(planting.id, [planting])[0]?.protocol, planting)
  assert.throws(() => spoken('latin', []), /greeting.say speaks "latin", which no module brings/)
  assert.throws(() => spoken('json', [planting, planting]), /"with-cookie" is declared twice/)
})
