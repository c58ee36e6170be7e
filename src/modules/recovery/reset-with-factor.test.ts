import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addPasskey,
  finishWith,
  freshCode,
  type Guarded,
  newcomer,
  newcomerWithApp,
  passkeyProof,
  startPending,
  wrongCode,
} from '#test/harness/factors.ts'
import { tokenIn } from '#test/harness/mails.ts'
import type { Person } from '#test/harness/people.ts'
import {
  assertRefused,
  countStatuses,
  faultsIn,
  fromElsewhere,
  hours,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'

onEachEngine('a forgotten password of an account with a second factor', (scene) => {
  let shared: Guarded
  let passwords = 0
  const newPassword = () => {
    passwords += 1
    return `granite-lantern-${passwords}-orchard`
  }
  const someone = async () => {
    shared ??= await newcomerWithApp(scene)
    scene.app.clock.advance(hours(1))
    return shared
  }
  const linkFor = async ({ email }: Pick<Person, 'email'>): Promise<string> => {
    await scene.app.newBrowser().do('password.request-reset', { email }, fromElsewhere())
    return tokenIn((await scene.app.mails()).at(-1))
  }
  const reset = (token: string, input: object = {}) =>
    scene.app
      .newBrowser()
      .do('password.reset', { token, newPassword: newPassword(), ...input }, fromElsewhere())

  test('the link alone is not enough, and says what is (A26)', async () => {
    const person = await someone()
    const token = await linkFor(person)
    const refused = await reset(token)
    assertRefused(refused, 403, 'password.factor_needed')
    assert.deepEqual(refused.body.methods, ['totp', 'recovery-code'])
    for (const input of [{ method: 'totp' }, { proof: '123456' }])
      assertRefused(await reset(token, input), 403, 'password.factor_needed')
    const browser = await startPending(scene.app, person)
    assert.ok(browser, 'the old password still counts')
  })

  test('with a code it is; the link survived the wrong ones', async () => {
    const person = await someone()
    const token = await linkFor(person)
    const { password } = person
    for (const [method, proof] of [
      ['totp', wrongCode(scene.app, person.phone)],
      ['recovery-code', '1-aaaa-aaaa-aaaa-aaaa'],
      ['password', password],
      ['passkey', '{}'],
      ['sms', '123456'],
    ] as const) {
      const refused = await reset(token, { method, proof })
      assertRefused(refused, 403, 'password.factor_wrong')
      assert.deepEqual(faultsIn(refused), ['/proof factor_wrong'])
    }
    const fresh = newPassword()
    const proof = freshCode(scene.app, person.phone)
    const done = await reset(token, { method: 'totp', proof, newPassword: fresh })
    assert.equal(done.status, 200, done.text)
    const browser = await startPending(scene.app, { ...person, password: fresh })
    assertRefused(await finishWith(browser, 'totp', proof), 401, 'sign-in.second_step_failed')
    const next = freshCode(scene.app, person.phone)
    assert.equal(
      (await finishWith(browser, 'totp', next)).status,
      200,
      'the factor is still asked for',
    )
    shared = { ...person, password: fresh, browser }
  })

  test('with a recovery code as well, which is then used up', async () => {
    const person = await someone()
    const token = await linkFor(person)
    const proof = person.codes[0] ?? ''
    const weak = await reset(token, { method: 'recovery-code', proof, newPassword: 'password1' })
    assertRefused(weak, 422, 'password.too_weak')
    assert.equal((await reset(token, { method: 'recovery-code', proof })).status, 200)
    const again = await reset(await linkFor(person), { method: 'recovery-code', proof })
    assertRefused(again, 403, 'password.factor_wrong')
  })

  test('with a passkey, whose challenge only the link opens', async () => {
    const person = await newcomer(scene)
    const key = await addPasskey(scene.app, person.browser)
    const token = await linkFor(person)
    const browser = scene.app.newBrowser()
    const ask = (given: string, method = 'passkey') =>
      browser.do('password.reset-challenge', { token: given, method }, fromElsewhere())
    assertRefused(await ask('x'.repeat(43)), 410, 'password.link_invalid')
    assertRefused(await ask(token, 'totp'), 403, 'password.factor_wrong')
    const send = (proof: string) =>
      browser.do(
        'password.reset',
        { token, newPassword: newPassword(), method: 'passkey', proof },
        fromElsewhere(),
      )
    const { challenge } = (await ask(token)).body
    const unverified = passkeyProof(challenge, key, { userVerified: false })
    assertRefused(await send(unverified), 403, 'password.factor_wrong')
    assertRefused(await send(passkeyProof(challenge, key)), 403, 'password.factor_wrong')
    const next = (await ask(token)).body.challenge
    assert.equal((await send(passkeyProof(next, key))).status, 200)
  })

  test('guesses are counted, in a count only who has the link can fill (A30)', async () => {
    const person = await newcomerWithApp(scene)
    const proof = wrongCode(scene.app, person.phone)
    for (let round = 0; round < 3; round += 1) {
      const browser = await startPending(scene.app, person)
      for (let guess = 0; guess < 4; guess += 1) await finishWith(browser, 'totp', proof)
    }
    const token = await linkFor(person)
    const answers = []
    for (let guess = 0; guess < 12; guess += 1)
      answers.push(await reset(token, { method: 'totp', proof }))
    assert.deepEqual(countStatuses(answers), { 403: 10, 429: 2 })
    scene.app.clock.advance(minutes(15))
    const right = freshCode(scene.app, person.phone)
    assert.equal((await reset(token, { method: 'totp', proof: right })).status, 200)
  })

  test('one code and one link at once from twenty places are one new password', async () => {
    const person = await newcomerWithApp(scene)
    const token = await linkFor(person)
    const proof = freshCode(scene.app, person.phone)
    const answers = await Promise.all(times(20, () => reset(token, { method: 'totp', proof })))
    assert.equal(countStatuses(answers)[200], 1, JSON.stringify(countStatuses(answers)))
  })
})
