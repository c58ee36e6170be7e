import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from './metrics.ts'

/** `name{labels} value` → value. */
const samples = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )

test('each answer is counted once, by operation and status', async () => {
  const metrics = createMetrics()
  for (const status of [200, 200, 401]) metrics.observe('account.me', status, 0.002)
  metrics.observe('verify.check', 200, 0.002)
  const seen = samples(await metrics.text())
  assert.equal(seen.get('latchkey_requests_total{operation="account.me",status="200"}'), 2)
  assert.equal(seen.get('latchkey_requests_total{operation="account.me",status="401"}'), 1)
  assert.equal(seen.get('latchkey_requests_total{operation="verify.check",status="200"}'), 1)
})

test('the time taken is a histogram: each bound counts what stayed within it', async () => {
  const metrics = createMetrics()
  for (const seconds of [0.001, 0.0011, 0.04, 9]) metrics.observe('account.me', 200, seconds)
  const seen = samples(await metrics.text())
  const within = (bound: string) =>
    seen.get(`latchkey_request_duration_seconds_bucket{le="${bound}",operation="account.me"}`)
  assert.deepEqual(
    ['0.001', '0.005', '0.02', '0.05', '2.5', '+Inf'].map(within),
    [1, 2, 2, 3, 3, 4],
  )
  const of = (what: string) =>
    seen.get(`latchkey_request_duration_seconds_${what}{operation="account.me"}`)
  assert.equal(of('count'), 4)
  assert.ok(Math.abs((of('sum') ?? 0) - 9.0421) < 1e-9)
})

test('the process itself is described as well, and each metric says once what it is', async () => {
  const text = await createMetrics().text()
  assert.match(text, /^process_resident_memory_bytes \d+/m)
  const types = text.match(/^# TYPE \S+/gm) ?? []
  assert.equal(new Set(types).size, types.length)
  assert.ok(text.endsWith('\n'))
})
