import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { sender } from '../../packages/sdk/src/send.ts'

/** A server that is in trouble the first time it is asked. */
const startTroubled = async (t: TestContext, code: string) => {
  const keys: (string | undefined)[] = []
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key'] as string | undefined)
    const problem = { type: `/api/problems/${code}`, title: '', status: 503, code }
    const body = { ...problem, help: '', instance: 'req_1', retryAfterSeconds: 5 }
    const headers = { 'content-type': 'application/problem+json', 'retry-after': '5' }
    if (keys.length === 1) response.writeHead(503, headers).end(JSON.stringify(body))
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}/api/v1/account/tokens`, keys }
}

const senderOf = (authorization: string | null, waits: number[]) =>
  sender({
    ...{ fetch: (request) => fetch(request), authorization, retriesMax: 2 },
    wait: async (milliseconds) => {
      waits.push(milliseconds)
    },
  })

for (const code of ['http.unavailable', 'http.outcome_unknown'])
  test(`a call that met ${code} is repeated under its key, after the wait that was named`, async (t) => {
    const { url, keys } = await startTroubled(t, code)
    const waits: number[] = []
    const send = senderOf('Bearer latchkey_token', waits)
    assert.equal((await send(new Request(url, { method: 'POST' }))).status, 200)
    assert.deepEqual(waits, [5000])
    assert.equal(keys.length, 2)
    assert.equal(keys[0], keys[1])
  })

test('a change whose key counts for nothing is not repeated when its outcome is unknown', async (t) => {
  const { url, keys } = await startTroubled(t, 'http.outcome_unknown')
  const send = senderOf(null, [])
  await assert.rejects(send(new Request(url, { method: 'POST' })), { code: 'http.outcome_unknown' })
  assert.equal(keys.length, 1)
})
