import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { registerHooks } from 'node:module'
import type { AddressInfo } from 'node:net'
import { after, beforeEach, test } from 'node:test'

const rest = {
  sessions: {
    list: 'GET /api/v1/account/sessions',
    end: 'DELETE /api/v1/account/sessions/{sessionId}',
    endOthers: 'POST /api/v1/account/sessions/end-others',
    watch: 'GET /api/v1/account/sessions/watch',
  },
  account: { setPicture: 'PUT /api/v1/account/picture' },
  activity: { list: 'GET /api/v1/account/activity' },
}
const cursors = { sessions: { list: 'after' }, activity: { list: 'before' } }
const uploads = { account: { setPicture: { types: ['image/png'], bytesMax: 100 } } }

// What the build makes of the contracts, said by hand.
const source = `export const lines = ${JSON.stringify(rest)}
export const uploads = ${JSON.stringify(uploads)}
export const cursors = ${JSON.stringify(cursors)}
export const pages = {}
export const pageAs = {}`
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'virtual:rest-lines'
      ? {
          url: `data:text/javascript,${encodeURIComponent(source)}`,
          format: 'module',
          shortCircuit: true,
        }
      : next(specifier, context),
})

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void
let answers: Answer[] = []
let seen: {
  line: string
  token: string | undefined
  key: string | undefined
  type: string | undefined
  body: string
}[] = []

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  const { method, url, headers } = request
  seen.push({
    line: `${method} ${url}`,
    token: headers['x-csrf-token'] as string | undefined,
    key: headers['idempotency-key'] as string | undefined,
    type: headers['content-type'],
    body,
  })
  answers.shift()?.(request, body, response)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
after(() => server.close())

// A browser knows where the page came from; Node has to be told.
const realFetch = globalThis.fetch
globalThis.fetch = (input, init) => realFetch(origin + String(input), init)
after(() => {
  globalThis.fetch = realFetch
})

const { api, configureClient, Problem, urlOf } = await import('./client.ts')

const ok =
  (value: object, headers: Record<string, string> = {}): Answer =>
  (_request, _body, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(value))
const refuse =
  (
    status: number,
    code: string,
    { headers = {}, ...more }: object & { headers?: Record<string, string> } = {},
  ): Answer =>
  (_request, _body, response) =>
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(
      JSON.stringify({
        type: 'about:blank',
        title: code,
        status,
        code,
        instance: 'req_1',
        ...more,
      }),
    )

const codeOf = async (call: Promise<unknown>) => {
  try {
    await call
    return 'answered'
  } catch (error) {
    assert.ok(error instanceof Problem)
    return error.code
  }
}

let signedOut = 0
let asked: unknown[] = []
let willConfirm = true
configureClient({
  onSignedOut: () => {
    signedOut += 1
  },
  confirmItIsYou: async (request) => {
    asked.push(request)
    return willConfirm
  },
})

beforeEach(() => {
  answers = []
  seen = []
  asked = []
  signedOut = 0
  willConfirm = true
})

test('path parameters are filled in and encoded, the rest of a GET or DELETE is the query', async () => {
  answers = [ok({}), ok({})]
  await api.sessions.end({ sessionId: 'a/b c' })
  await api.sessions.list({ limit: 20 })
  assert.deepEqual(
    seen.map(({ line }) => line),
    ['DELETE /api/v1/account/sessions/a%2Fb%20c', 'GET /api/v1/account/sessions?limit=20'],
  )
  assert.equal(urlOf.sessions.watch(), '/api/v1/account/sessions/watch')
})

test('the latest token goes with every change and with no read', async () => {
  answers = [ok({}, { 'x-csrf-token': 'one' }), ok({}, { 'x-csrf-token': 'two' }), ok({})]
  await api.sessions.list()
  await api.sessions.endOthers()
  await api.sessions.endOthers()
  assert.deepEqual(
    seen.map(({ token }) => token),
    [undefined, 'one', 'two'],
  )
  assert.equal(seen[1]?.type, 'application/json')
  assert.equal(seen[1]?.body, '{}')
})

test('a stale token is replaced by the one the refusal brought, once', async () => {
  answers = [
    refuse(403, 'http.csrf_token', { headers: { 'x-csrf-token': 'fresh' } }),
    ok({ endedSessions: 2 }),
  ]
  assert.deepEqual(await api.sessions.endOthers(), { endedSessions: 2 })
  assert.equal(seen[1]?.token, 'fresh')
  answers = [refuse(403, 'http.csrf_token'), refuse(403, 'http.csrf_token')]
  assert.equal(await codeOf(api.sessions.endOthers()), 'http.csrf_token')
  assert.equal(seen.length, 4)
})

test('where the cookie has become somebody else’s, nothing is repeated as them', async () => {
  let asked = 0
  configureClient({
    isSamePerson: async () => {
      asked += 1
      return false
    },
  })
  answers = [refuse(403, 'http.csrf_token', { headers: { 'x-csrf-token': 'theirs' } })]
  assert.equal(await codeOf(api.sessions.endOthers()), 'http.csrf_token')
  assert.deepEqual([asked, seen.length], [1, 1])
  answers = [ok({ sessions: [] }, { 'x-csrf-token': 'mine' })]
  await api.sessions.list()
  assert.equal(asked, 2, 'a read that came with another token asks too')
  configureClient({ isSamePerson: async () => true })
})

test('signed out is believed the second time', async () => {
  answers = [refuse(401, 'auth.sign_in_required'), ok({ sessions: [] })]
  await api.sessions.list()
  assert.equal(signedOut, 0)
  answers = [refuse(401, 'auth.sign_in_required'), refuse(401, 'auth.sign_in_required')]
  assert.equal(await codeOf(api.sessions.list()), 'auth.sign_in_required')
  assert.equal(signedOut, 1)
})

test('a confirmed call is repeated with its input, a declined one is not', async () => {
  answers = [refuse(403, 'auth.confirm_again', { methods: ['password'] }), ok({})]
  await api.sessions.end({ sessionId: 'ses_1' })
  assert.deepEqual(asked, [{ operation: 'sessions.end', methods: ['password'] }])
  assert.deepEqual(
    seen.map(({ line }) => line),
    Array(2).fill('DELETE /api/v1/account/sessions/ses_1'),
  )
  willConfirm = false
  answers = [refuse(403, 'auth.confirm_again')]
  assert.equal(await codeOf(api.sessions.endOthers()), 'auth.confirm_again')
  assert.equal(seen.length, 3)
})

test('calls refused together ask once', async () => {
  const confirm = refuse(403, 'auth.confirm_again', { methods: ['password'] })
  let release = (_answer: boolean) => {}
  configureClient({
    confirmItIsYou: (request) => {
      asked.push(request)
      return new Promise((resolve) => {
        release = resolve
      })
    },
  })
  answers = [confirm, confirm, ok({}), ok({})]
  const both = Promise.all([api.sessions.end({ sessionId: '1' }), api.sessions.endOthers()])
  while (seen.length < 2 || asked.length < 1) await new Promise((resolve) => setTimeout(resolve, 5))
  await new Promise((resolve) => setTimeout(resolve, 50))
  release(true)
  await both
  assert.equal(asked.length, 1)
})

test('a picture is sent as it is, the rest as query', async () => {
  answers = [ok({ pictureUrl: '/x' })]
  await api.account.setPicture({ left: 0.25, content: new Blob(['png'], { type: 'image/png' }) })
  assert.deepEqual(seen[0], {
    line: 'PUT /api/v1/account/picture?left=0.25',
    token: seen[0]?.token,
    key: undefined,
    type: 'image/png',
    body: 'png',
  })
})

test('a refusal carries everything the server said', async () => {
  const fields = [{ pointer: '/limit', code: 'too_big', message: 'Too big' }]
  answers = [refuse(429, 'http.too_many_requests', { fields, headers: { 'retry-after': '12' } })]
  await assert.rejects(api.sessions.list(), (error) => {
    assert.ok(error instanceof Problem)
    assert.deepEqual(
      [error.status, error.instance, error.fields, error.retryAfterSeconds],
      [429, 'req_1', fields, 12],
    )
    return true
  })
})

test('an answer that is not the product’s own is a problem too', async () => {
  answers = [
    (_request, _body, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
  ]
  assert.equal(await codeOf(api.sessions.list()), 'network.unexpected_answer')
  answers = [
    (_request, _body, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in to the Wi-Fi</h1>'),
  ]
  assert.equal(await codeOf(api.sessions.list()), 'network.unexpected_answer')
})

test('no answer at all is a problem, a call given up is not', async () => {
  answers = [(request) => request.socket.destroy()]
  assert.equal(await codeOf(api.sessions.list()), 'network.unreachable')
  const abort = new AbortController()
  const call = api.sessions.list({}, { signal: abort.signal })
  abort.abort()
  await assert.rejects(call, { name: 'AbortError' })
})

test('every change has a key of its own, the same one when it is repeated, and reading has none', async () => {
  answers = [refuse(403, 'http.csrf_token'), ok({}), ok({}), ok({})]
  await api.sessions.endOthers()
  await api.sessions.endOthers()
  await api.sessions.list()
  const [first, repeated, another, read] = seen.map(({ key }) => key)
  assert.match(first ?? '', /^"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$/)
  assert.equal(repeated, first)
  assert.notEqual(another, first)
  assert.match(another ?? '', /^"/)
  assert.equal(read, undefined)
})

test('an operation brings its queries: module and operation come first, the signal is passed', async () => {
  const { queryKey, queryFn } = api.sessions.list.query({ limit: 1 })
  assert.deepEqual(queryKey, ['sessions', 'list', { input: { limit: 1 } }])
  assert.deepEqual(api.sessions.list.key(), ['sessions', 'list'])
  assert.deepEqual(api.sessions.list.key({ limit: 1 }), queryKey, 'what is asked is what is ended')
  answers = [ok({ sessions: [] })]
  assert.deepEqual(await queryFn({ signal: new AbortController().signal }), { sessions: [] })
  const stopped = AbortSignal.abort()
  await assert.rejects(queryFn({ signal: stopped }), { name: 'AbortError' })
})

test('the pages of a list go on under the name its cursor has', async () => {
  const sessions = api.sessions.list.pages({ limit: 20 })
  const activity = api.activity.list.pages()
  assert.notDeepEqual(sessions.queryKey, api.sessions.list.query({ limit: 20 }).queryKey)
  answers = [ok({}), ok({}), ok({})]
  const { signal } = new AbortController()
  await sessions.queryFn({ signal, pageParam: sessions.initialPageParam })
  await sessions.queryFn({ signal, pageParam: '5.ses_1' })
  await activity.queryFn({ signal, pageParam: '17' })
  assert.deepEqual(
    seen.map(({ line }) => line),
    [
      'GET /api/v1/account/sessions?limit=20',
      'GET /api/v1/account/sessions?limit=20&after=5.ses_1',
      'GET /api/v1/account/activity?before=17',
    ],
  )
})
