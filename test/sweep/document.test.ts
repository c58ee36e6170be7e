import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Entry } from '#platform/operations/registry.ts'
import type { Answer, Browser } from '#test/harness/client.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { onEachEngine } from '#test/harness/scene.ts'
import { assertNotFault, call, entriesOf, isStream, letAnHourPass, sampleInput } from './calls.ts'

/** What every answer has, for browsers and for the way there: no part of what an operation says. */
const ofEveryAnswer = new Set([
  ...['cache-control', 'connection', 'content-length', 'content-type', 'date', 'keep-alive'],
  ...['content-security-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy'],
  ...['referrer-policy', 'strict-transport-security', 'x-content-type-options', 'x-frame-options'],
  ...['transfer-encoding', 'set-cookie', 'clear-site-data'],
])

type Said = { readonly headers?: Readonly<Record<string, unknown>> }
type Saying = Readonly<Record<string, Record<string, { responses: Record<string, Said> }>>>

onEachEngine('the OpenAPI document says what is really sent', (scene) => {
  let paths: Saying
  let token: Browser
  const met = new Map<string, Set<string>>()
  before(async () => {
    const answer = await scene.app.newBrowser().send({ method: 'GET', path: '/api/openapi.json' })
    paths = answer.body.paths
    const scopes = ['api:full', 'account:read', 'account:write', 'account:ssh-keys']
    token = withToken(scene.app, (await makeToken(scene.owner, { scopes })).token)
  })

  const saidOf = ({ method, path }: Entry, { status }: Answer): Said | undefined =>
    paths[path]?.[method.toLowerCase()]?.responses[String(status)]

  const assertSaid = (entry: Entry, answer: Answer, who: string): void => {
    const what = `${entry.operation.name} answered ${who} with ${answer.status}`
    assertNotFault(answer, what)
    const said = saidOf(entry, answer)
    assert.ok(said, `${what}, which is not in the document: ${answer.text}`)
    const names = Object.keys(said.headers ?? {}).map((name) => name.toLowerCase())
    const sent = Object.keys(answer.headers).filter((name) => !ofEveryAnswer.has(name))
    for (const name of sent) assert.ok(names.includes(name), `${what} and ${name}, unsaid`)
    const key = `${entry.operation.name} ${answer.status}`
    met.set(key, new Set([...(met.get(key) ?? []), ...sent]))
  }

  test('to a stranger, with a key that is wrong, with one that is right, and in a browser', async () => {
    const stranger = scene.app.newBrowser()
    const wrong = withToken(scene.app, 'nonsense')
    const last = ['sign-in.end', 'sessions.end-others']
    const entries = entriesOf(scene).filter((entry) => !isStream(entry))
    for (const entry of entries.toSorted(
      (a, b) => last.indexOf(a.operation.name) - last.indexOf(b.operation.name),
    )) {
      const given = { body: sampleInput(entry) }
      assertSaid(entry, await call(stranger, entry, given), 'a stranger')
      assertSaid(entry, await call(wrong, entry, given), 'a wrong key')
      assertSaid(entry, await call(token, entry, given), 'a token')
      assertSaid(entry, await call(scene.owner.browser, entry, given), 'a session')
    }
  })

  test('with nothing in it that never comes: what is said of a 200 without condition is there', () => {
    for (const entry of entriesOf(scene)) {
      const sent = met.get(`${entry.operation.name} 200`)
      const said = saidOf(entry, { status: 200 } as Answer)?.headers ?? {}
      if (!sent) continue
      for (const name of ['RateLimit', 'RateLimit-Policy', 'X-Request-Id'])
        assert.equal(sent.has(name.toLowerCase()), name in said, `${entry.operation.name} ${name}`)
    }
  })

  test('to a proxy that sends people to the sign-in page, and to one that asks again', async () => {
    await letAnHourPass(scene)
    const check = entriesOf(scene).find(({ operation }) => operation.speaks === 'proxy')
    assert.ok(check)
    const stranger = scene.app.newBrowser()
    for (const query of ['otherwise=redirect', '', 'scope=no-such', 'assurance=two-factor'])
      for (const browser of [stranger, token]) {
        const answer = await call(browser, check, { query })
        assertSaid(check, answer, query)
      }
    const sent = await call(stranger, check, { query: 'otherwise=redirect' })
    assert.equal(sent.status, 302)
  })
})
