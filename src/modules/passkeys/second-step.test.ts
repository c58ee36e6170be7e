import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addPasskey,
  confirmWith,
  confirmWithPasskey,
  finishWith,
  freshCode,
  type KeyHolder,
  newcomer,
  newcomerWithApp,
  passkeyProof,
  signInWithPasskey,
  startPending,
} from '#test/harness/factors.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  assertRefused,
  isSignedIn,
  minutes,
  onEachEngine,
  sessionValue,
} from '#test/harness/scene.ts'
import type { Knobs } from '#test/harness/software-authenticator.ts'

type Browser = Person['browser']

const finishWithPasskey = async (browser: Browser, holder: KeyHolder, knobs: Knobs = {}) => {
  const asked = await browser.do('sign-in.second-challenge', { method: 'passkey' })
  assert.equal(asked.status, 200, asked.text)
  return finishWith(browser, 'passkey', passkeyProof(asked.body.challenge, holder, knobs))
}

onEachEngine('a passkey that did not verify the person (A49)', (scene) => {
  const unverified = { userVerified: false }

  test('is one factor: the password is asked for as well', async () => {
    const person = await newcomer(scene)
    const key = await addPasskey(scene.app, person.browser, unverified)
    const browser = scene.app.newBrowser()
    const first = await signInWithPasskey(browser, key, unverified)
    assert.deepEqual(first.body, { next: 'second-factor', methods: ['recovery-code', 'password'] })
    assert.equal(sessionValue(browser), '')
    assertRefused(await finishWith(browser, 'password', 'wrong'), 401, 'sign-in.second_step_failed')
    assertRefused(await finishWith(browser, 'passkey', '{}'), 401, 'sign-in.second_step_failed')
    assert.deepEqual((await finishWith(browser, 'password', person.password)).body, {
      next: 'done',
    })
    assert.equal((await activityOf(browser))[0]?.data.method, 'passkey+password')
    assert.equal((await browser.do('two-factor.read')).body.isOn, false)
  })

  test('next to an app it is the app’s code that is asked for, and the password is not enough', async () => {
    const person = await newcomerWithApp(scene)
    const key = await addPasskey(scene.app, person.browser)
    const browser = scene.app.newBrowser()
    const first = await signInWithPasskey(browser, key, unverified)
    assert.deepEqual(first.body, { next: 'second-factor', methods: ['totp', 'recovery-code'] })
    const byPassword = await finishWith(browser, 'password', person.password)
    assertRefused(byPassword, 401, 'sign-in.second_step_failed')
    const code = freshCode(scene.app, person.phone)
    assert.deepEqual((await finishWith(browser, 'totp', code)).body, { next: 'done' })
  })

  test('is trusted to verify only after it did so beside another factor (S9)', async () => {
    const person = await newcomer(scene)
    const key = await addPasskey(scene.app, person.browser, unverified)
    const other = await signIn(scene.app, person)
    // An attacker set a PIN on a found key: the authenticator says “verified”, which alone must not be enough.
    const found = await signInWithPasskey(scene.app.newBrowser(), key)
    assert.equal(found.body.next, 'second-factor', found.text)
    assert.equal((await other.do('two-factor.read')).body.isOn, false)
    const browser = scene.app.newBrowser()
    await signInWithPasskey(browser, key)
    assert.equal((await finishWith(browser, 'password', person.password)).status, 200)
    assert.equal((await browser.do('two-factor.read')).body.isOn, true)
    assert.equal(await isSignedIn(scene.app, other), false, 'a password alone is no longer enough')
    assert.ok((await activityOf(browser)).some((act) => act.event === 'user.2fa:enabled'))
    const now = await signInWithPasskey(scene.app.newBrowser(), key)
    assert.deepEqual(now.body, { next: 'done' })
  })

  test('confirms nothing, and is no second step', async () => {
    const person = await newcomer(scene)
    const trusted = await addPasskey(scene.app, person.browser, { name: 'Trusted' })
    const plain = await addPasskey(scene.app, person.browser, { ...unverified, name: 'Plain' })
    for (const [holder, knobs] of [
      [trusted, unverified],
      [plain, unverified],
      [plain, {}],
    ] as const) {
      assertRefused(
        await confirmWithPasskey(person.browser, holder, knobs),
        403,
        'sign-in.not_confirmed',
      )
      const browser = await startPending(scene.app, person)
      const step = await finishWithPasskey(browser, holder, knobs)
      assertRefused(step, 401, 'sign-in.second_step_failed')
    }
  })
})

onEachEngine('a passkey after the password, and to confirm', (scene) => {
  let shared: { readonly person: Person; readonly key: KeyHolder }
  const someone = async () => {
    if (!shared) {
      const person = await newcomer(scene)
      shared = { person, key: await addPasskey(scene.app, person.browser) }
    }
    return shared
  }

  test('an account whose only second factor is a passkey asks for it after the password (A26)', async () => {
    const { person, key } = await someone()
    const browser = await startPending(scene.app, person)
    const waiting = await browser.do('sign-in.pending')
    assert.deepEqual(waiting.body.methods, ['passkey', 'recovery-code'])
    const done = await finishWithPasskey(browser, key)
    assert.deepEqual(done.body, { next: 'done' })
    assert.equal((await activityOf(browser))[0]?.data.method, 'password+passkey')
  })

  test('a challenge is for one browser and one answer, and another way can be taken instead', async () => {
    const { person, key } = await someone()
    const [here, there] = [
      await startPending(scene.app, person),
      await startPending(scene.app, person),
    ]
    // The device cookie identifies a known browser.
    here.cookies.set('latchkey-device', 'a'.repeat(43))
    there.cookies.set('latchkey-device', 'b'.repeat(43))
    const asked = await here.do('sign-in.second-challenge', { method: 'passkey' })
    const proof = passkeyProof(asked.body.challenge, key)
    assertRefused(await finishWith(there, 'passkey', proof), 401, 'sign-in.second_step_failed')
    assert.equal((await finishWith(here, 'passkey', proof)).status, 200)
    assertRefused(await finishWith(there, 'passkey', proof), 401, 'sign-in.second_step_failed')
    const code = key.codes?.[0] ?? ''
    assert.equal((await finishWith(there, 'recovery-code', code)).status, 200)
  })

  test('what is no proof, or another user’s, does not move it on (A28)', async () => {
    const { person, key } = await someone()
    const eve = await newcomer(scene)
    const own = await addPasskey(scene.app, eve.browser)
    const browser = await startPending(scene.app, person)
    const asked = (await browser.do('sign-in.second-challenge', { method: 'passkey' })).body
      .challenge
    const proofs = ['{}', 'null', '[]', 'x', '{"ceremonyId":"cer_x"}', passkeyProof(asked, own)]
    for (const proof of proofs.slice(2))
      assertRefused(await finishWith(browser, 'passkey', proof), 401, 'sign-in.second_step_failed')
    const late = await startPending(scene.app, person)
    const foreign = (await eve.browser.do('sign-in.confirm-challenge', { method: 'passkey' })).body
    assertRefused(
      await finishWith(late, 'passkey', passkeyProof(foreign.challenge, key)),
      401,
      'sign-in.second_step_failed',
    )
  })

  test('it confirms that it is you, where the password no longer does (A38)', async () => {
    const { person, key } = await someone()
    const browser = scene.app.newBrowser()
    assert.equal((await signInWithPasskey(browser, key)).status, 200)
    scene.app.clock.advance(minutes(10))
    const stale = await browser.do('passkeys.begin')
    assertRefused(stale, 403, 'auth.confirm_again')
    assert.deepEqual(stale.body.methods, ['passkey', 'recovery-code'])
    assertRefused(
      await confirmWith(browser, 'password', person.password),
      403,
      'sign-in.not_confirmed',
    )
    assertRefused(
      await browser.do('sign-in.confirm-challenge', { method: 'password' }),
      403,
      'sign-in.not_confirmed',
    )
    const before = sessionValue(browser)
    assert.equal((await confirmWithPasskey(browser, key)).status, 200)
    assert.notEqual(sessionValue(browser), before)
    assert.equal((await browser.do('passkeys.begin')).status, 200)
  })

  test('a bent proof, or one of another session, confirms nothing', async () => {
    const { key } = await someone()
    const [browser, other] = [scene.app.newBrowser(), scene.app.newBrowser()]
    await signInWithPasskey(browser, key)
    await signInWithPasskey(other, key)
    for (const knobs of [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { type: 'webauthn.create' },
      { crossOrigin: true },
      { userVerified: false },
      { challenge: Buffer.alloc(32).toString('base64url') },
    ])
      assertRefused(await confirmWithPasskey(browser, key, knobs), 403, 'sign-in.not_confirmed')
    const asked = (await other.do('sign-in.confirm-challenge', { method: 'passkey' })).body
      .challenge
    assertRefused(
      await confirmWith(browser, 'passkey', passkeyProof(asked, key)),
      403,
      'sign-in.not_confirmed',
    )
    for (const ceremonyId of ['\u0000', '\ud800']) {
      const proof = passkeyProof({ ...asked, ceremonyId }, key)
      assertRefused(await confirmWith(browser, 'passkey', proof), 403, 'sign-in.not_confirmed')
    }
  })
})
