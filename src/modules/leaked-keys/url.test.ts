import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { newKey } from '#platform/crypto/key-format.ts'
import { rowsOf } from '#test/harness/basis.ts'
import { dumpDatabase } from '#test/harness/dump.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeApiKey, makeToken } from '#test/harness/keys.ts'
import type { Person } from '#test/harness/people.ts'
import {
  activityOf,
  fromElsewhere,
  hours,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'

const code = 'user.credential:sent_in_url'

onEachEngine('a key in an address (attack A76)', (scene) => {
  const send = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    scene.app.newBrowser().send({
      method,
      path,
      headers: { host: 'localhost', ...fromElsewhere(), ...headers },
    })
  const entriesOf = async ({ browser }: Person) =>
    (await activityOf(browser)).filter((act) => act.event === code)
  /** Entries the owner sees. The request does not wait for them, so they are read until no more come. */
  const noted = async (person: Person) => {
    let seen = await entriesOf(person)
    for (let quiet = 0; quiet < 3; ) {
      await sleep(80)
      const now = await entriesOf(person)
      quiet = now.length === seen.length ? quiet + 1 : 0
      seen = now
    }
    return seen
  }
  const mailsTo = async ({ email }: Person) =>
    (await scene.app.mails()).filter((one) => one.to === email && /in an address/.test(one.subject))

  test('opens nothing, and its owner finds it in the trail and in a mail', async () => {
    const ada = await newcomer(scene)
    const { token, id } = await makeToken(ada, { scopes: ['api:full'] })
    const answer = await send(`/api/v1/account/me?access_token=${token}`, {
      'x-forwarded-for': '203.0.113.77',
    })
    assert.equal(answer.status, 401)
    const [act] = await noted(ada)
    assert.equal(act?.result, 'failure')
    assert.deepEqual(act?.data, { kind: 'token', lastFour: token.slice(-4) })
    const row = (await rowsOf(scene.app.db, 'audit_entries')).find((one) => one.id === act?.id)
    assert.deepEqual([row?.user_id, row?.target, row?.actor_kind], [ada.userId, id, 'visitor'])
    const [mail] = await mailsTo(ada)
    assert.ok(mail?.text.includes(token.slice(-4)))
    assert.ok(mail?.text.includes('203.0.113.77'))
    assert.equal(mail?.text.includes(token), false)
  })

  test('is seen wherever it stands, whatever is asked', async () => {
    const ada = await newcomer(scene)
    const places = [
      (key: string) => `/api/v1/account/me?api_key=${key}`,
      (key: string) => `/api/v1/people/${key}/picture`,
      (key: string) => `/api/v1/sessions/watch?token=x${key}&y=1`,
      (key: string) => `/${key}`,
      (key: string) => `/login?next=%2F${key}`,
      (key: string) => `/api/v1/sign-in/status?${key}`,
      (key: string) => `/assets/${key}.js`,
    ]
    const plain = await Promise.all(places.map((place) => send(place('x'))))
    for (const [index, place] of places.entries()) {
      const { token } = await makeToken(ada)
      const real = await send(place(token))
      const madeUp = await send(place(newKey(scene.app.app.services.random, 'cfp_')))
      assert.equal(real.status, madeUp.status, 'the answer tells')
      assert.equal(real.body.code, madeUp.body.code)
      assert.ok(real.status === plain[index]?.status || real.status === 401, place('key'))
      const [act] = await noted(ada)
      assert.equal(act?.data.lastFour, token.slice(-4), place('key'))
    }
    const { key } = await makeApiKey(ada)
    await send(
      `/api/v1/account/profile?key=${key}`,
      { 'content-type': 'application/json' },
      'PATCH',
    )
    assert.deepEqual((await noted(ada))[0]?.data, { kind: 'api-key', lastFour: key.slice(-4) })
  })

  test('is written once a minute and mailed once a day, also for twenty at once', async () => {
    const ada = await newcomer(scene)
    const [one, other] = [await makeToken(ada), await makeToken(ada)]
    const sendAll = (token: string) =>
      Promise.all(times(20, () => send(`/api/v1/account/me?token=${token}`)))
    await sendAll(one.token)
    assert.deepEqual([(await noted(ada)).length, (await mailsTo(ada)).length], [1, 1])
    await sendAll(other.token)
    assert.deepEqual([(await noted(ada)).length, (await mailsTo(ada)).length], [2, 1])
    // Twenty requests take seconds on a busy machine, and the minute goes on meanwhile.
    scene.app.clock.advance(40_000)
    await sendAll(one.token)
    assert.equal((await noted(ada)).length, 2)
    scene.app.clock.advance(minutes(1))
    await sendAll(one.token)
    assert.deepEqual([(await noted(ada)).length, (await mailsTo(ada)).length], [3, 1])
    scene.app.clock.advance(hours(24))
    await sendAll(one.token)
    const { email, password } = ada
    await ada.browser.do('sign-in.start', { email, password })
    assert.deepEqual([(await noted(ada)).length, (await mailsTo(ada)).length], [4, 2])
  })

  test('that was never issued, is over, or is another’s form leaves nothing at all', async () => {
    const ada = await newcomer(scene)
    const { token: revoked, id } = await makeToken(ada)
    await ada.browser.do('access-tokens.revoke', { tokenId: id })
    const old = await makeApiKey(ada)
    const { body } = await ada.browser.do('api-key.regenerate', { keyId: old.id })
    const { random } = scene.app.app.services
    const rowsBefore = (await rowsOf(scene.app.db, 'key_notices')).length
    const trailBefore = (await rowsOf(scene.app.db, 'audit_entries')).length
    const wrong = [
      revoked,
      old.key,
      newKey(random, 'cfp_'),
      newKey(random, 'cfk_'),
      body.key.slice(0, -1),
      body.key.toLowerCase(),
      'cfp_',
      'cfp_'.repeat(500),
      `cfk_${'A'.repeat(36)}`,
    ]
    for (const value of wrong) await send(`/api/v1/account/me?token=${value}`)
    await sleep(100)
    assert.equal((await rowsOf(scene.app.db, 'key_notices')).length, rowsBefore)
    assert.equal((await rowsOf(scene.app.db, 'audit_entries')).length, trailBefore)
  })

  test('of a disabled person is not live, and is not told of', async () => {
    const ada = await newcomer(scene)
    const { token } = await makeToken(ada)
    const { userId } = ada
    const operator = await newcomer(scene, 'owner')
    assert.equal((await operator.browser.do('people.disable', { userId })).status, 200)
    await send(`/api/v1/account/me?token=${token}`)
    await sleep(80)
    const rows = await rowsOf(scene.app.db, 'audit_entries')
    assert.equal(
      rows.some((row) => row.user_id === userId && row.code === code),
      false,
    )
  })

  test('stops being looked up for an address that sends too many', async () => {
    const ada = await newcomer(scene)
    const from = fromElsewhere()
    const { random } = scene.app.app.services
    const ask = (key: string) => send(`/api/v1/account/me?token=${key}`, from)
    for (const key of times(20, () => newKey(random, 'cfp_'))) await ask(key)
    const { token } = await makeToken(ada)
    await ask(token)
    assert.equal((await noted(ada)).length, 0)
    await send(`/api/v1/account/me?token=${token}`)
    assert.equal((await noted(ada)).length, 1)
  })

  test('stands in no log line, no row and no page that was answered', async () => {
    const ada = await newcomer(scene)
    const { token } = await makeToken(ada)
    const { key } = await makeApiKey(ada)
    for (const value of [token, key]) {
      const answers = [
        await send(`/api/v1/account/me?token=${value}`),
        await send(`/${value}`, { accept: 'text/html' }),
        await send(`/api/v1/${value}`),
      ]
      for (const { text } of answers) assert.equal(text.includes(value), false)
    }
    await noted(ada)
    const { text } = await dumpDatabase(scene.app)
    const log = scene.app.logLines.join('')
    for (const value of [token, key]) {
      assert.equal(log.includes(value), false)
      assert.equal(text.includes(value), false)
    }
  })
})
