// long: times are compared over twice as many rounds.
// own process: it compares times.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newKey } from '#platform/crypto/key-format.ts'
import { rowsOf } from '#test/harness/basis.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeApiKey, makeToken, withApiKey, withToken } from '#test/harness/keys.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  assertSameTime,
  fromElsewhere,
  hours,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import { bare } from '#test/sweep/calls.ts'
import { reportedMax } from './contract.ts'

const me = 'account.me'
const path = '/api/v1/leaked-token'

onEachEngine('reporting keys that were found', (scene) => {
  const madeUp = (prefix: string): string => newKey(scene.app.app.services.random, prefix)
  /** Sends like a secret scanner: no cookie, no origin, no credential. */
  const report = (tokens: unknown) =>
    scene.app.newBrowser().send({
      method: 'POST',
      path,
      headers: { host: 'localhost', 'content-type': 'application/json', ...fromElsewhere() },
      body: JSON.stringify({ tokens }),
    })
  const subjectsTo = async (email: string): Promise<string[]> =>
    (await scene.app.mails()).filter((one) => one.to === email).map((one) => one.subject)

  test('ends tokens and API keys at once, and tells their owners by mail and in the trail', async () => {
    const [ada, bob] = [await newcomer(scene), await newcomer(scene)]
    const { token } = await makeToken(ada, { name: 'Deploy', scopes: ['api:full'] })
    const { key } = await makeApiKey(bob)
    const told = await announcedBy(ada.browser, async () => {
      const answer = await report([token, key, token, 'nonsense', madeUp('cfp_')])
      assert.deepEqual([answer.status, answer.body], [200, {}])
    })
    assert.deepEqual(told, ['user.token:revoked success'])
    const [act] = await activityOf(bob.browser)
    assert.deepEqual([act?.event, act?.data.because], ['user.api_key:revoked', 'leaked'])
    assertRefused(await withToken(scene.app, token).do(me), 401, 'auth.key_invalid')
    assertRefused(await withApiKey(scene.app, key).do(me), 401, 'auth.key_invalid')
    assert.deepEqual((await bob.browser.do('api-key.read')).body.apiKey, null)
    const found = 'was found in the open and'
    assert.ok((await subjectsTo(ada.email)).includes(`An access token ${found} revoked`))
    assert.ok((await subjectsTo(bob.email)).includes(`Your API key ${found} deleted`))
  })

  test('of a key that was replaced ends that one, and leaves the other', async () => {
    const ada = await newcomer(scene)
    const old = await makeApiKey(ada)
    const input = { keyId: old.id, overlap: '24-hours' }
    const { body: next } = await ada.browser.do('api-key.regenerate', input)
    await report([old.key])
    assert.equal((await withApiKey(scene.app, old.key).do(me)).status, 401)
    assert.equal((await withApiKey(scene.app, next.key).do(me)).status, 200)
    assert.equal((await ada.browser.do('api-key.read')).body.replaced, null)
  })

  test('of a disabled person ends it too: it stays dead when they come back', async () => {
    const ada = await newcomer(scene)
    const { token } = await makeToken(ada)
    const { userId } = ada
    await scene.owner.browser.do('people.disable', { userId })
    await report([token])
    await scene.owner.browser.do('people.enable', { userId })
    assert.equal((await withToken(scene.app, token).do(me)).status, 401)
  })

  test('answers the same for real, unknown, malformed, revoked and expired ones', async () => {
    const ada = await newcomer(scene)
    const { token: real } = await makeToken(ada)
    const { token: revoked, id } = await makeToken(ada)
    await ada.browser.do('access-tokens.revoke', { tokenId: id })
    const soon = new Date(scene.app.clock.now() + hours(1)).toISOString()
    const { token: expired } = await makeToken(ada, { expiresAt: soon })
    scene.app.clock.advance(hours(1))
    const odd = ['', 'x', 'cfp_', 'x'.repeat(200), '🔑', `${real} `, real.toLowerCase()]
    const before = (await activityOf(ada.browser)).length
    const answers = []
    for (const value of [madeUp('cfp_'), madeUp('cfk_'), revoked, expired, ...odd])
      answers.push(await report([value]))
    assert.equal((await activityOf(ada.browser)).length, before)
    answers.push(await report([real]))
    const [first] = answers
    assert.ok(first)
    const different = ['date', 'x-request-id']
    const visible = (answer: typeof first) => [
      bare(answer),
      Object.entries(answer.headers).filter(([name]) => !different.includes(name)),
    ]
    for (const answer of answers) assert.deepEqual(visible(answer), visible(first))
    assert.equal((await activityOf(ada.browser)).length, before + 1)
  })

  test('takes the same time whatever they are', async () => {
    const ada = await newcomer(scene)
    const timed = async (value: string): Promise<number> => {
      const since = performance.now()
      assert.equal((await report([value])).status, 200)
      return performance.now() - since
    }
    const real = await Promise.all(times(24, () => makeToken(ada)))
    await assertSameTime(6, (round) => [
      () => timed(real[round]?.token ?? ''),
      () => timed(madeUp('cfp_')),
      () => timed('nonsense'),
    ])
  })

  test('takes a hundred in one report, ends each once, and no more than that', async () => {
    const ada = await newcomer(scene)
    const made = await Promise.all(times(40, () => makeToken(ada)))
    const tokens = [
      ...made.map(({ token }) => token),
      ...times(reportedMax - made.length, () => madeUp('cfk_')),
    ]
    const told = await announcedBy(ada.browser, async () => {
      const answers = await Promise.all(times(3, () => report(tokens)))
      for (const answer of answers) assert.equal(answer.status, 200, answer.text)
    })
    assert.deepEqual(
      told,
      made.map(() => 'user.token:revoked success'),
    )
    assert.equal((await report([...tokens, 'x'])).status, 400)
  })

  test('refuses what is no report, and says where', async () => {
    for (const wrong of [[], 'cfp_x', [1], ['x'.repeat(201)], null, { 0: 'x' }])
      assertRefused(await report(wrong), 400, 'http.invalid_input')
  })

  test('is limited per address', async () => {
    const from = fromElsewhere()
    const send = () =>
      scene.app.newBrowser().send({
        method: 'POST',
        path,
        headers: { host: 'localhost', 'content-type': 'application/json', ...from },
        body: '{"tokens":["x"]}',
      })
    const answers = await Promise.all(times(35, send))
    assert.equal(answers.filter(({ status }) => status === 429).length, 5)
  })

  test('leaves no value behind: not in the log, not in the database', async () => {
    const value = madeUp('cfp_')
    await report([value])
    assert.equal(scene.app.logLines.join('').includes(value), false)
    const rows = await Promise.all(
      ['audit_entries', 'key_notices', 'work'].map((table) =>
        rowsOf(scene.app.db, table).catch(() => []),
      ),
    )
    assert.equal(JSON.stringify(rows).includes(value), false)
  })
})
