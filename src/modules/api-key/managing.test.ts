import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, systemActor } from '#platform/context.ts'
import { rowsOf } from '#test/harness/basis.ts'
import { dumpDatabase } from '#test/harness/dump.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeApiKey, withApiKey } from '#test/harness/keys.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  countStatuses,
  hours,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import { jobs } from './jobs.ts'

const me = 'account.me'
const managing = ['create', 'reveal', 'regenerate', 'revoke'].map((verb) => `api-key.${verb}`)
const inputOf = (name: string, keyId: string): Readonly<Record<string, string>> =>
  name === 'api-key.regenerate' ? { keyId } : {}

onEachEngine('the API key', (scene) => {
  const statusOf = async (key: string): Promise<number> =>
    (await withApiKey(scene.app, key).do(me)).status
  const subjectsTo = async (email: string): Promise<string[]> =>
    (await scene.app.mails()).filter((one) => one.to === email).map((one) => one.subject)

  test('is created once, as cfk_ and 36 characters, and shown by its last four from then on', async () => {
    const ada = await newcomer(scene)
    assert.deepEqual((await ada.browser.do('api-key.read')).body, { apiKey: null, replaced: null })
    let key = ''
    const told = await announcedBy(ada.browser, async () => {
      const made = await ada.browser.do('api-key.create')
      assert.equal(made.status, 200, made.text)
      key = made.body.key
      assert.match(key, /^cfk_[0-9A-Za-z]{36}$/)
      assertRefused(await ada.browser.do('api-key.create'), 409, 'api-key.exists')
    })
    assert.deepEqual(told, ['user.api_key:created success'])
    const { body, text } = await ada.browser.do('api-key.read')
    assert.deepEqual(
      { ...body.apiKey, id: '', createdAt: '' },
      {
        ...{ id: '', createdAt: '', lastFour: key.slice(-4) },
        ...{ lastUsedAt: null, lastUsedAddress: null, lastUsedAgent: null },
      },
    )
    assert.equal(text.includes(key.slice(0, 12)), false)
    const mail = (await scene.app.mails()).findLast((one) => one.to === ada.email)
    assert.equal(mail?.subject, 'Your API key was created')
    assert.equal(mail?.text.includes(key), false)
  })

  test('can be copied again, which is written down and kept by nobody on the way', async () => {
    const ada = await newcomer(scene)
    assertRefused(await ada.browser.do('api-key.reveal'), 404, 'api-key.not_found')
    const { key } = await makeApiKey(ada)
    const told = await announcedBy(ada.browser, async () => {
      const shown = await ada.browser.do('api-key.reveal')
      assert.deepEqual(shown.body, { key })
      assert.equal(shown.headers['cache-control'], 'no-store')
    })
    assert.deepEqual(told, ['user.api_key:revealed success'])
    assert.equal(await statusOf(key), 200)
  })

  test('is not kept with an answer that can be asked for again', async () => {
    const ada = await newcomer(scene)
    const again = { 'idempotency-key': '"once-more-5c2d9a41"' }
    const [first, second] = [
      await ada.browser.do('api-key.create', {}, again),
      await ada.browser.do('api-key.create', {}, again),
    ]
    assert.match(first.body.key, /^cfk_/)
    assert.equal(second.status, 200, second.text)
    assert.deepEqual(second.body.apiKey, first.body.apiKey)
    assert.equal(second.text.includes(first.body.key), false)
    const shown = { 'idempotency-key': '"show-me-5c2d9a41"' }
    assert.equal((await ada.browser.do('api-key.reveal', {}, shown)).body.key, first.body.key)
    const repeated = await ada.browser.do('api-key.reveal', {}, shown)
    assert.equal(repeated.text.includes(first.body.key), false)
  })

  test('stands nowhere as it is: not in the database, the trail or the log (attack A58, A74)', async () => {
    const ada = await newcomer(scene)
    const { key } = await makeApiKey(ada)
    await ada.browser.do('api-key.reveal')
    await withApiKey(scene.app, key, ada.email).do(me)
    const dump = await dumpDatabase(scene.app)
    for (const secret of [key, key.slice(4), key.slice(0, 14), Buffer.from(key).toString('hex')])
      assert.equal(dump.text.includes(secret), false)
    assert.equal(JSON.stringify(await activityOf(ada.browser)).includes(key), false)
    assert.equal(
      scene.app.logLines.some((line) => line.includes(key)),
      false,
    )
    for (const value of dump.values.filter((one) => /^[\w~.+/-]{16,200}=*$/.test(one)))
      assert.equal(await statusOf(value).catch(() => 0), 401)
  })

  test('replaced at once: the new one works, the old one no longer', async () => {
    const ada = await newcomer(scene)
    const old = await makeApiKey(ada)
    const told = await announcedBy(ada.browser, async () => {
      const next = await ada.browser.do('api-key.regenerate', { keyId: old.id })
      assert.equal(next.status, 200, next.text)
      assert.deepEqual([await statusOf(old.key), await statusOf(next.body.key)], [401, 200])
      assert.equal(next.body.replaced, null)
      assert.equal((await ada.browser.do('api-key.reveal')).body.key, next.body.key)
    })
    assert.deepEqual(told, ['user.api_key:regenerated success', 'user.api_key:revealed success'])
    assert.equal((await subjectsTo(ada.email)).at(-1), 'Your API key was replaced')
  })

  test('replaced with a day of overlap: both work, the old one is marked, and then it ends by itself', async () => {
    const ada = await newcomer(scene)
    const old = await makeApiKey(ada)
    const input = { keyId: old.id, overlap: '24-hours' }
    const next = await ada.browser.do('api-key.regenerate', input)
    assert.deepEqual([await statusOf(old.key), await statusOf(next.body.key)], [200, 200])
    const { body } = await ada.browser.do('api-key.read')
    assert.equal(body.replaced.lastFour, old.key.slice(-4))
    const asOld = await withApiKey(scene.app, old.key).do(me)
    assert.equal(asOld.headers['x-latchkey-token-expires'], body.replaced.endsAt)
    assert.equal(asOld.body.credential.expiresAt, body.replaced.endsAt)
    scene.app.clock.advance(hours(24) - 5000)
    assert.equal(await statusOf(old.key), 200)
    scene.app.clock.advance(5000)
    assert.deepEqual([await statusOf(old.key), await statusOf(next.body.key)], [401, 200])
    const { email, password } = ada
    assert.equal((await ada.browser.do('sign-in.start', { email, password })).status, 200)
    assert.equal((await ada.browser.do('api-key.read')).body.replaced, null)
    const clean = jobs.find((job) => job.name === 'api-key.delete-ended')
    await clean?.run(
      createContext(scene.app.app.services, systemActor('test')),
      new AbortController().signal,
    )
    const left = (await rowsOf(scene.app.db, 'api_keys')).filter(
      (one) => one.user_id === ada.userId,
    )
    assert.equal(left.length, 1)
  })

  test('replaced again within that day: the oldest ends now, two work at the most', async () => {
    const ada = await newcomer(scene)
    const first = await makeApiKey(ada)
    const overlap = '24-hours'
    const { body: second } = await ada.browser.do('api-key.regenerate', {
      keyId: first.id,
      overlap,
    })
    const { body: third } = await ada.browser.do('api-key.regenerate', {
      keyId: second.apiKey.id,
      overlap,
    })
    const working = await Promise.all([first.key, second.key, third.key].map(statusOf))
    assert.deepEqual(working, [401, 200, 200])
    await ada.browser.do('api-key.regenerate', { keyId: third.apiKey.id })
    assert.deepEqual(await Promise.all([second.key, third.key].map(statusOf)), [401, 401])
  })

  test('twenty at once make one, and replace it once', async () => {
    const ada = await newcomer(scene)
    const made = await Promise.all(times(20, () => ada.browser.do('api-key.create')))
    assert.deepEqual(countStatuses(made), { 200: 1, 409: 19 })
    const { body } = made.find((answer) => answer.status === 200) ?? assert.fail()
    for (const overlap of ['24-hours', 'none']) {
      const before = (await ada.browser.do('api-key.read')).body.apiKey.id
      const input = { keyId: before, overlap }
      const answers = await Promise.all(
        times(20, () => ada.browser.do('api-key.regenerate', input)),
      )
      assert.deepEqual(countStatuses(answers), { 200: 1, 409: 19 })
      const refused = answers.find((answer) => answer.status === 409) ?? assert.fail()
      assertRefused(refused, 409, 'api-key.changed')
      const rows = (await rowsOf(scene.app.db, 'api_keys')).filter(
        (one) => one.user_id === ada.userId,
      )
      assert.equal(rows.filter((row) => row.standing === 'current').length, 1)
      assert.equal(rows.length, overlap === 'none' ? 1 : 2)
      assert.equal(await statusOf(body.key), overlap === 'none' ? 401 : 200)
    }
  })

  test('is deleted altogether, with the one it replaced', async () => {
    const ada = await newcomer(scene)
    const old = await makeApiKey(ada)
    const input = { keyId: old.id, overlap: '24-hours' }
    const { body } = await ada.browser.do('api-key.regenerate', input)
    const told = await announcedBy(ada.browser, async () => {
      assert.equal((await ada.browser.do('api-key.revoke')).status, 200)
      assertRefused(await ada.browser.do('api-key.revoke'), 404, 'api-key.not_found')
    })
    assert.deepEqual(told, ['user.api_key:revoked success'])
    assert.deepEqual(await Promise.all([old.key, body.key].map(statusOf)), [401, 401])
    assert.deepEqual((await ada.browser.do('api-key.read')).body, { apiKey: null, replaced: null })
    assert.equal((await subjectsTo(ada.email)).at(-1), 'Your API key was deleted')
    assert.equal((await ada.browser.do('api-key.create')).status, 200)
  })

  test('is managed in a browser that has just confirmed, and by no key', async () => {
    const ada = await newcomer(scene)
    const { key, id } = await makeApiKey(ada)
    for (const name of [...managing, 'api-key.read']) {
      const asKey = await withApiKey(scene.app, key).do(name, inputOf(name, id))
      assertRefused(asKey, 403, 'auth.session_only')
      const visitor = await scene.app.newBrowser().do(name, inputOf(name, id))
      assertRefused(visitor, 401, 'auth.sign_in_required')
    }
    scene.app.clock.advance(minutes(11))
    for (const name of managing)
      assertRefused(await ada.browser.do(name, inputOf(name, id)), 403, 'auth.confirm_again')
    assert.equal((await ada.browser.do('api-key.read')).status, 200)
    assert.equal(await statusOf(key), 200)
  })

  test('of another user cannot be replaced, and nothing tells that it exists', async () => {
    const [ada, bob] = [await newcomer(scene), await newcomer(scene, 'viewer')]
    const theirs = await makeApiKey(ada)
    await makeApiKey(bob)
    for (const keyId of [theirs.id, 'key_00000000000000000000000000'])
      assertRefused(await bob.browser.do('api-key.regenerate', { keyId }), 409, 'api-key.changed')
    assert.equal(await statusOf(theirs.key), 200)
  })
})

onEachEngine('an API key whose stored form was changed', (scene) => {
  type Tables = { api_keys: { id: string; user_id: string; sealed: Uint8Array } }
  const rowOf = (userId: string) =>
    scene.app.db
      .withTables<Tables>()
      .selectFrom('api_keys')
      .selectAll()
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
  const write = (userId: string, sealed: Uint8Array) =>
    scene.app.db
      .withTables<Tables>()
      .updateTable('api_keys')
      .set({ sealed })
      .where('user_id', '=', userId)
      .execute()

  test('is not shown, says what to do, and still works where it is in use', async () => {
    const [ada, bob] = [await newcomer(scene), await newcomer(scene)]
    const { key, id } = await makeApiKey(ada)
    await makeApiKey(bob)
    const { sealed } = await rowOf(ada.userId)
    const flipped = Uint8Array.from(sealed, (byte, at) =>
      at === sealed.length - 1 ? byte ^ 1 : byte,
    )
    const wrong = [
      (await rowOf(bob.userId)).sealed,
      flipped,
      sealed.slice(0, 20),
      new Uint8Array(),
      Buffer.from(key),
      Uint8Array.from([9, ...sealed.slice(1)]),
    ]
    const told = await announcedBy(ada.browser, async () => {
      for (const bytes of wrong) {
        await write(ada.userId, bytes)
        assertRefused(await ada.browser.do('api-key.reveal'), 409, 'api-key.unreadable')
      }
    })
    assert.deepEqual(
      told,
      wrong.map(() => 'user.api_key:revealed failure'),
    )
    assert.equal((await withApiKey(scene.app, key).do(me)).status, 200)
    const next = await ada.browser.do('api-key.regenerate', { keyId: id })
    assert.equal((await ada.browser.do('api-key.reveal')).body.key, next.body.key)
    assert.equal(scene.app.logLines.join('').includes(key), false)
  })
})
