import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addPasskey,
  codeAt,
  newcomer,
  newcomerWithApp,
  offerPasskey,
  signInWithPasskey,
} from '#test/harness/factors.ts'
import { signIn } from '#test/harness/people.ts'
import { announcedBy, assertRefused, countStatuses, onEachEngine } from '#test/harness/scene.ts'

onEachEngine('removing passkeys', (scene) => {
  /** Makes an account that never had a password: no operation of the product removes one. */
  const dropPassword = (userId: string) =>
    scene.app.db
      .withTables<{ passwords: { user_id: string } }>()
      .deleteFrom('passwords')
      .where('user_id', '=', userId)
      .execute()

  test('the last factor gone, it is off and the codes with it', async () => {
    const person = await newcomer(scene)
    const { passkeyId } = await addPasskey(scene.app, person.browser)
    const mailed = (await scene.app.mails()).length
    const written = await announcedBy(person.browser, () =>
      person.browser.do('passkeys.remove', { passkeyId }),
    )
    assert.deepEqual([...written].sort(), [
      'user.2fa:disabled success',
      'user.passkey:removed success',
    ])
    const state = (await person.browser.do('two-factor.read')).body
    assert.deepEqual(state, { isOn: false, authenticators: [], recoveryCodes: null })
    const subjects = (await scene.app.mails()).slice(mailed).map((mail) => mail.subject)
    assert.deepEqual(subjects.sort(), ['A passkey was removed', 'Two-factor authentication is off'])
    assert.equal((await (await signIn(scene.app, person)).do('account.me')).status, 200)
  })

  test('one of two gone, the other, the app and the codes stay (A40)', async () => {
    const person = await newcomerWithApp(scene)
    const first = await addPasskey(scene.app, person.browser, { name: 'First' })
    const second = await addPasskey(scene.app, person.browser, { name: 'Second' })
    await person.browser.do('passkeys.remove', { passkeyId: first.passkeyId })
    const state = (await person.browser.do('two-factor.read')).body
    assert.deepEqual(
      [state.isOn, state.authenticators.length, state.recoveryCodes.remaining],
      [true, 1, 10],
    )
    assert.deepEqual((await signInWithPasskey(scene.app.newBrowser(), second)).body, {
      next: 'done',
    })
    const gone = await signInWithPasskey(scene.app.newBrowser(), first)
    assertRefused(gone, 401, 'passkeys.unknown')
    await person.browser.do('two-factor.disable')
    const now = (await person.browser.do('two-factor.read')).body
    assert.deepEqual([now.isOn, now.recoveryCodes.remaining], [true, 10], 'the passkey needs them')
  })

  test('the app and the passkey removed at once: it is off, and nothing is left behind (A40)', async () => {
    const person = await newcomerWithApp(scene)
    const { passkeyId } = await addPasskey(scene.app, person.browser)
    const written = await announcedBy(person.browser, async () => {
      const answers = await Promise.all([
        person.browser.do('passkeys.remove', { passkeyId }),
        person.browser.do('two-factor.remove', { authenticatorId: person.phone.id }),
      ])
      assert.deepEqual(countStatuses(answers), { 200: 2 })
    })
    assert.equal(
      written.filter((act) => act.startsWith('user.2fa:disabled')).length,
      1,
      written.join(),
    )
    const state = (await person.browser.do('two-factor.read')).body
    assert.deepEqual(state, { isOn: false, authenticators: [], recoveryCodes: null })
  })

  test('an account without a password keeps its last passkey, also when two go at once (A40)', async () => {
    const person = await newcomer(scene)
    const ids = [
      (await addPasskey(scene.app, person.browser, { name: 'One' })).passkeyId,
      (await addPasskey(scene.app, person.browser, { name: 'Two' })).passkeyId,
    ]
    await dropPassword(person.userId)
    const answers = await Promise.all(
      ids.map((passkeyId) => person.browser.do('passkeys.remove', { passkeyId })),
    )
    assert.deepEqual(countStatuses(answers), { 200: 1, 409: 1 })
    const refused = answers.find((answer) => answer.status === 409)
    if (refused) assertRefused(refused, 409, 'sign-in.last_way_in')
    assert.equal((await person.browser.do('passkeys.list')).body.passkeys.length, 1)
  })

  test('of twenty removals at once in an account without a password one passkey is left', async () => {
    const person = await newcomer(scene)
    const ids: string[] = []
    for (let number = 1; number <= 20; number += 1)
      ids.push((await addPasskey(scene.app, person.browser, { name: `Key ${number}` })).passkeyId)
    await dropPassword(person.userId)
    const answers = await Promise.all(
      ids.map((passkeyId) => person.browser.do('passkeys.remove', { passkeyId })),
    )
    assert.deepEqual(countStatuses(answers), { 200: 19, 409: 1 })
  })

  test('a passkey that only shows presence is no way in by itself: what finishes it stays', async () => {
    const person = await newcomerWithApp(scene)
    await addPasskey(scene.app, person.browser, { userVerified: false })
    await dropPassword(person.userId)
    // The codes came with the app and complete a sign-in the passkey begins, so the app may go and the passkey is last.
    const removed = await person.browser.do('two-factor.remove', {
      authenticatorId: person.phone.id,
    })
    assert.equal(removed.status, 200, removed.text)
    const [{ id: passkeyId }] = (await person.browser.do('passkeys.list')).body.passkeys
    const last = await person.browser.do('passkeys.remove', { passkeyId })
    assertRefused(last, 409, 'sign-in.last_way_in')
    assert.equal((await person.browser.do('passkeys.list')).body.passkeys.length, 1)
  })

  test('apps switched off while a passkey keeps it on are told of by mail', async () => {
    const person = await newcomerWithApp(scene)
    await addPasskey(scene.app, person.browser)
    const mailed = (await scene.app.mails()).length
    assert.equal((await person.browser.do('two-factor.disable')).status, 200)
    const mails = (await scene.app.mails()).slice(mailed)
    assert.deepEqual(
      mails.map(({ to, subject }) => [to, subject]),
      [[person.email, 'An authenticator app was removed']],
    )
    assert.match(mails[0]?.raw ?? '', /Phone/)
  })

  test('first factors of two kinds added at once leave one set of codes that works', async () => {
    const person = await newcomer(scene)
    const { input } = await offerPasskey(scene.app, person.browser)
    const setup = (await person.browser.do('two-factor.begin')).body
    const code = codeAt(setup.secret, scene.app.clock.now())
    const answers = await Promise.all([
      person.browser.do('passkeys.register', input),
      person.browser.do('two-factor.confirm', { setupId: setup.setupId, code, name: 'Phone' }),
    ])
    const shown = answers.flatMap((answer) => (answer.status === 200 ? [answer.body] : []))
    const sets = shown.flatMap((body) => (body.recoveryCodes ? [body.recoveryCodes] : []))
    assert.equal(sets.length, 1, 'a person who was shown two sets keeps the wrong one')
  })
})
