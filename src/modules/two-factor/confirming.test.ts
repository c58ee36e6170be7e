import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '#test/harness/client.ts'
import {
  codeAt,
  confirmWith,
  finishWith,
  freshCode,
  newcomerWithApp,
  signInWithCode,
  startPending,
  wrongCode,
} from '#test/harness/factors.ts'
import {
  announcedBy,
  assertRefused,
  countStatuses,
  minutes,
  onEachEngine,
  opens,
  sessionValue,
} from '#test/harness/scene.ts'

onEachEngine('confirming that it is you, once there is a second factor', (scene) => {
  /** A session as it would be if it had been opened by the password alone. */
  const weaken = async (userId: string): Promise<void> => {
    await scene.app.db
      .withTables<{ sessions: { user_id: string; strong_at: number; authenticated_at: number } }>()
      .updateTable('sessions')
      .set({ strong_at: 0, authenticated_at: scene.app.clock.now() })
      .where('user_id', '=', userId)
      .execute()
  }
  const methods = ['totp', 'recovery-code']

  /** Every operation that wants a confirmation, with a body it would otherwise read. */
  const refusesAll = async (browser: Browser): Promise<void> => {
    const guarded = scene.app.app.runtime.registry.entries.filter(
      ({ operation }) =>
        'assurance' in operation.access && operation.access.assurance === 'recently-confirmed',
    )
    const names = guarded.map(({ operation }) => operation.name)
    for (const expected of ['two-factor.disable', 'passkeys.remove', 'password.change'])
      assert.ok(names.includes(expected), expected)
    for (const { method, path, operation } of guarded) {
      const isBodied = method !== 'GET' && method !== 'DELETE'
      const answer = await browser.fetch({
        method,
        path: path.replace(/\{\w+\}/g, 'some-id'),
        ...(isBodied ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {}),
      })
      if (answer.body.code === 'auth.not_allowed') continue
      assert.equal(answer.body.code, 'auth.confirm_again', `${operation.name}: ${answer.text}`)
      assert.deepEqual(answer.body.methods, methods, operation.name)
    }
  }

  test('a session of the password alone touches nothing, however fresh (A38, A56)', async () => {
    const person = await newcomerWithApp(scene, 'admin')
    const browser = await signInWithCode(scene.app, person)
    await weaken(person.userId)
    await refusesAll(browser)
    const asked = await browser.do('sign-in.confirmation-methods')
    assert.deepEqual(asked.body, {
      methods,
      confirmedUntil: null,
      secondFactor: 'not-proven',
    })
    for (const method of ['password', 'passkey'])
      assertRefused(
        await confirmWith(browser, method, person.password),
        403,
        'sign-in.not_confirmed',
      )
    await refusesAll(browser)
    const state = (await browser.do('two-factor.read')).body
    assert.deepEqual([state.isOn, state.recoveryCodes.remaining], [true, 10])
    const before = sessionValue(browser)
    const written = await announcedBy(browser, async () => {
      const code = freshCode(scene.app, person.phone)
      assert.equal((await confirmWith(browser, 'totp', code)).status, 200)
      assertRefused(await confirmWith(browser, 'totp', code), 403, 'sign-in.not_confirmed')
    })
    assert.deepEqual(written, ['user:confirmed success', 'user:confirm_failed failure'])
    assert.notEqual(sessionValue(browser), before)
    assert.equal(await opens(scene.app, before), false)
    assert.equal((await browser.do('two-factor.begin')).status, 200)
  })

  test('a stale second factor opens nothing either, and a change of password does not refresh it (A38)', async () => {
    const person = await newcomerWithApp(scene, 'admin')
    const browser = await signInWithCode(scene.app, person)
    scene.app.clock.advance(minutes(9))
    const changed = await browser.do('password.change', {
      currentPassword: person.password,
      newPassword: 'granite-lantern-47-orchard',
    })
    assert.equal(changed.status, 200, changed.text)
    scene.app.clock.advance(minutes(1))
    await refusesAll(browser)
  })

  test('confirming in one session opens nothing in another (A56)', async () => {
    const person = await newcomerWithApp(scene, 'admin')
    const [here, there] = [
      await signInWithCode(scene.app, person),
      await signInWithCode(scene.app, person),
    ]
    scene.app.clock.advance(minutes(10))
    const code = freshCode(scene.app, person.phone)
    assert.equal((await confirmWith(here, 'totp', code)).status, 200)
    assert.equal((await here.do('two-factor.begin')).status, 200)
    await refusesAll(there)
  })

  test('guesses here and at the second step are one count (A30)', async () => {
    const person = await newcomerWithApp(scene)
    const wrong = wrongCode(scene.app, person.phone)
    // An unknown browser, as with a stolen session: the attempts go to the count of unknown browsers.
    person.browser.cookies.delete('latchkey-device')
    const answers = []
    for (let guess = 0; guess < 12; guess += 1)
      answers.push(await confirmWith(person.browser, 'totp', wrong))
    assert.deepEqual(countStatuses(answers), { 403: 10, 429: 2 })
    const browser = await startPending(scene.app, person)
    const right = codeAt(person.phone.secret, scene.app.clock.now())
    assertRefused(await finishWith(browser, 'totp', right), 429, 'http.too_many_requests')
  })
})
