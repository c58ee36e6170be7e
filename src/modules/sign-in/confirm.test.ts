import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addApp, newcomer, signInWithCode } from '#test/harness/factors.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  confirm,
  days,
  faultsIn,
  fromElsewhere,
  isSignedIn,
  minutes,
  onEachEngine,
  opens,
  sessionValue,
  times,
} from '#test/harness/scene.ts'

onEachEngine('confirming that it is you', (scene) => {
  /** A sensitive act that changes nothing when there is nothing to end. */
  const sensitive = (browser: Person['browser']) => browser.do('sessions.end-others')

  /** A user who signed in so long ago that the proof no longer counts. */
  const stale = async (): Promise<Person> => {
    const browser = await signIn(scene.app, scene.owner)
    scene.app.clock.advance(minutes(10))
    return { ...scene.owner, browser }
  }

  test('a fresh sign-in counts for ten minutes, and not a moment longer', async () => {
    const browser = await signIn(scene.app, scene.owner)
    scene.app.clock.advance(minutes(10) - 2000)
    assert.equal((await sensitive(browser)).status, 200)
    scene.app.clock.advance(2000)
    const refused = await sensitive(browser)
    assertRefused(refused, 403, 'auth.confirm_again')
    assert.deepEqual(refused.body.methods, ['password'])
  })

  test('it is known whether a session has proved a second factor, and whether there is one', async () => {
    const person = await newcomer(scene)
    const standing = async (browser: Person['browser']): Promise<string> =>
      (await browser.do('sign-in.confirmation-methods')).body.secondFactor
    const other = await signIn(scene.app, person)
    assert.equal(await standing(other), 'missing')
    const phone = await addApp(scene.app, person.browser)
    assert.equal(await standing(person.browser), 'proven')
    const cookies = { ...person, phone, codes: [] }
    assert.equal(await standing(await signInWithCode(scene.app, cookies)), 'proven')
  })

  test('being active does not prolong it (A56)', async () => {
    const browser = await signIn(scene.app, scene.owner)
    for (let minute = 0; minute < 10; minute += 1) {
      scene.app.clock.advance(minutes(1))
      assert.equal((await browser.do('account.me')).status, 200)
    }
    assertRefused(await sensitive(browser), 403, 'auth.confirm_again')
  })

  test('the page can ask which ways there are and until when the last proof counts', async () => {
    const { browser } = await stale()
    const before = await browser.do('sign-in.confirmation-methods')
    assert.deepEqual(before.body, {
      methods: ['password'],
      confirmedUntil: null,
      secondFactor: 'missing',
    })
    const done = await browser.do('sign-in.confirm', {
      method: 'password',
      proof: scene.owner.password,
    })
    const until = Date.parse(done.body.confirmedUntil)
    assert.ok(Math.abs(until - scene.app.clock.now() - minutes(10)) < 5000)
    const after = await browser.do('sign-in.confirmation-methods')
    assert.ok(Math.abs(Date.parse(after.body.confirmedUntil) - until) < 1000)
  })

  test('the right password opens sensitive acts for ten minutes in this session only (A56)', async () => {
    const here = await stale()
    const elsewhere = await stale()
    await confirm(here)
    assert.equal((await sensitive(here.browser)).status, 200)
    const other = await signIn(scene.app, scene.owner)
    scene.app.clock.advance(minutes(10))
    await confirm({ ...scene.owner, browser: other })
    assertRefused(await sensitive(here.browser), 403, 'auth.confirm_again')
    assert.equal(await isSignedIn(scene.app, elsewhere.browser), false, 'ended a moment ago')
  })

  test('the session gets a new value, and the value before is dead (A50)', async () => {
    const person = await stale()
    const before = sessionValue(person.browser)
    const written = await announcedBy(person.browser, () => confirm(person))
    assert.deepEqual(written, ['user:confirmed success'])
    assert.notEqual(sessionValue(person.browser), before)
    assert.equal(await opens(scene.app, before), false)
    assert.equal(await isSignedIn(scene.app, person.browser), true)
    assert.equal((await sensitive(person.browser)).status, 200, 'the new token came with it')
  })

  test('confirming does not move the end of the session', async () => {
    const person = await stale()
    const end = async () => {
      const { body } = await person.browser.do('account.me')
      return body.credential.expiresAt
    }
    const before = await end()
    await confirm(person)
    assert.equal(await end(), before)
  })

  test('a wrong password is refused, stands in the trail and opens nothing', async () => {
    const person = await stale()
    const before = sessionValue(person.browser)
    const written = await announcedBy(person.browser, async () => {
      const refused = await person.browser.do('sign-in.confirm', {
        method: 'password',
        proof: 'not-the-password-1',
      })
      assertRefused(refused, 403, 'sign-in.not_confirmed')
      assert.deepEqual(faultsIn(refused), ['/proof not_confirmed'])
    })
    assert.deepEqual(written, ['user:confirm_failed failure'])
    assert.ok(!JSON.stringify(await activityOf(person.browser)).includes('not-the-password'))
    assert.equal(sessionValue(person.browser), before, 'the value stays')
    assertRefused(await sensitive(person.browser), 403, 'auth.confirm_again')
  })

  test('a way the account does not have, or that nobody offers, proves nothing (A28)', async () => {
    const { browser, password } = await stale()
    for (const method of ['passkey', 'totp', 'Password', '__proto__', 'constructor', ' password']) {
      const refused = await browser.do('sign-in.confirm', { method, proof: password })
      assertRefused(refused, 403, 'sign-in.not_confirmed')
    }
    for (const input of [
      {},
      { method: 'password' },
      { method: 'password', proof: '' },
      { method: 'password', proof: [password] },
      { method: ['password'], proof: password },
      { proof: password },
    ])
      assertRefused(await browser.do('sign-in.confirm', input), 400, 'http.invalid_input')
    assertRefused(await sensitive(browser), 403, 'auth.confirm_again')
  })

  test('somebody else’s password proves nothing about you', async () => {
    const ben = await joinAs(
      scene.app,
      { ...scene.owner, browser: await signIn(scene.app, scene.owner) },
      'Ben',
    )
    const person = await stale()
    const proof = ben.password
    assertRefused(
      await person.browser.do('sign-in.confirm', { method: 'password', proof }),
      403,
      'sign-in.not_confirmed',
    )
  })

  test('a stranger cannot confirm anything', async () => {
    const proof = scene.owner.password
    const refused = await scene.app
      .newBrowser()
      .do('sign-in.confirm', { method: 'password', proof })
    assertRefused(refused, 401, 'auth.sign_in_required')
  })

  test('two confirmations at once leave exactly one live value, and nobody is signed out (A50)', async () => {
    const person = await stale()
    const before = sessionValue(person.browser)
    const input = { method: 'password', proof: person.password }
    const answers = await Promise.all(times(2, () => person.browser.do('sign-in.confirm', input)))
    // The second carries an old value when the first was quicker: refused, and no session is ended.
    for (const { status } of answers) assert.ok(status === 200 || status === 401, `${status}`)
    const handedOut = answers.flatMap((answer) => [answer.headers['set-cookie'] ?? []].flat())
    assert.equal(handedOut.length, 1, 'one of them carries the new value')
    assert.equal(await opens(scene.app, before), false)
    assert.equal(await isSignedIn(scene.app, person.browser), true)
    await person.browser.do('account.me')
    assert.equal((await sensitive(person.browser)).status, 200)
  })

  test('ten at once from ten tabs are no different', async () => {
    const person = await stale()
    const input = { method: 'password', proof: person.password }
    const answers = await Promise.all(
      times(10, () => person.browser.do('sign-in.confirm', input, fromElsewhere())),
    )
    const handedOut = answers.flatMap((answer) => [answer.headers['set-cookie'] ?? []].flat())
    // A request after the change carries an old cookie value: it is refused, and no session is ended.
    for (const { status } of answers) assert.ok(status === 200 || status === 401, `${status}`)
    assert.equal(handedOut.length, 1)
    assert.equal(await isSignedIn(scene.app, person.browser), true)
  })

  test('a session that has ended cannot be confirmed back to life', async () => {
    const browser = await signIn(scene.app, scene.owner)
    scene.app.clock.advance(days(2))
    const input = { method: 'password', proof: scene.owner.password }
    assertRefused(await browser.do('sign-in.confirm', input), 401, 'auth.sign_in_required')
  })

  test('guessing at it is bounded', async () => {
    const cleo = await joinAs(
      scene.app,
      { ...scene.owner, browser: await signIn(scene.app, scene.owner) },
      'Cleo',
    )
    const answers = []
    for (let guess = 0; guess < 21; guess += 1)
      answers.push(
        await cleo.browser.do('sign-in.confirm', { method: 'password', proof: `guess ${guess}` }),
      )
    const last = answers.at(-1)
    assert.equal(last?.status, 429, last?.text ?? '')
    assert.ok(Number(last?.headers['retry-after']) >= 1)
  })
})
