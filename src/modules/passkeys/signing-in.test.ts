import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addPasskey,
  confirmWithPasskey,
  type Guarded,
  type KeyHolder,
  newcomer,
  newcomerWithApp,
  offerPasskey,
  offerSignIn,
  signInWithPasskey,
} from '#test/harness/factors.ts'
import type { Person } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  countStatuses,
  days,
  fromElsewhere,
  minutes,
  onEachEngine,
  sessionValue,
  times,
} from '#test/harness/scene.ts'
import { type Knobs, signParts } from '#test/harness/software-authenticator.ts'

onEachEngine('signing in with a passkey', (scene) => {
  let shared: { readonly ada: Guarded; readonly key: KeyHolder }
  /** A user with a synced passkey that verified them, an app and a password. */
  const someone = async () => {
    if (!shared) {
      const ada = await newcomerWithApp(scene)
      shared = { ada, key: await addPasskey(scene.app, ada.browser) }
    }
    return shared
  }
  const send = (browser: Person['browser'], input: object) =>
    browser.do('passkeys.sign-in', { ...input }, fromElsewhere())
  const refused = async (knobs: Knobs, code = 'passkeys.failed') => {
    const browser = scene.app.newBrowser()
    const answer = await signInWithPasskey(browser, (await someone()).key, knobs)
    assertRefused(answer, 401, code)
    assert.equal(sessionValue(browser), '')
    assert.equal(browser.cookies.has('latchkey-pending'), false)
  }

  test('the challenge names no user, and is another one each time', async () => {
    const [one, two] = await Promise.all(
      times(2, () => scene.app.newBrowser().do('passkeys.sign-in-options', {}, fromElsewhere())),
    )
    const { challenge, ...rest } = one?.body.options ?? {}
    assert.deepEqual(rest.allowCredentials ?? [], [])
    assert.equal(rest.rpId, 'localhost')
    assert.equal(Buffer.from(challenge, 'base64url').length, 32)
    assert.notEqual(challenge, two?.body.options.challenge)
  })

  test('one that verified the person is both factors: no second step, no password', async () => {
    const { ada, key } = await someone()
    const browser = scene.app.newBrowser()
    const written = await announcedBy(ada.browser, async () => {
      const done = await signInWithPasskey(browser, key)
      assert.deepEqual(done.body, { next: 'done' }, done.text)
    })
    assert.deepEqual(written, ['user:logged_in success'])
    assert.equal((await activityOf(browser))[0]?.data.method, 'passkey')
    assert.equal((await browser.do('account.me')).body.userId, ada.userId)
    const sensitive = await browser.do('sessions.end-others')
    assert.equal(sensitive.status, 200, 'and it counts as a fresh confirmation')
    ada.browser.cookies.clear()
    for (const [name, value] of browser.cookies) ada.browser.cookies.set(name, value)
    await ada.browser.do('account.me')
  })

  test('“keep me signed in” works with it as well', async () => {
    const { key } = await someone()
    const browser = scene.app.newBrowser()
    const offer = await offerSignIn(browser, key)
    const done = await send(browser, { ...offer, keepSignedIn: true })
    assert.match([done.headers['set-cookie'] ?? []].flat().join(), /latchkey=[^;]+;[^,]+; Expires=/)
  })

  const bent: Readonly<Record<string, Knobs>> = {
    'of another page (S4)': { origin: 'https://evil.example' },
    'that is a registration (S4)': { type: 'webauthn.create' },
    'with another challenge (S4)': { challenge: Buffer.alloc(32).toString('base64url') },
    'for another host (S4)': { rpId: 'evil.example' },
    'from inside a foreign page (S4)': { crossOrigin: true },
    'that names an outer page (S4)': { topOrigin: 'https://evil.example' },
    'without the user present (S5)': { userPresent: false },
    'that can no longer be synced (S6)': { backupEligible: false, backedUp: false },
    'synced but never to be synced (S6)': { backupEligible: false, backedUp: true },
    'without the handle of its owner (S3)': { userHandle: null },
    'with an empty handle (S3)': { userHandle: '' },
    'with a handle no user has (S3)': { userHandle: Buffer.alloc(64).toString('base64url') },
  }
  for (const [what, knobs] of Object.entries(bent))
    test(`an answer ${what} is refused`, () => refused(knobs))

  test('one the product does not know is said to be unknown, so that the browser can forget it', () =>
    refused({ credentialId: Buffer.alloc(32, 7).toString('base64url') }, 'passkeys.unknown'))

  test('another user’s handle with one’s own key, or the other way round, is no user (A44)', async () => {
    const { key } = await someone()
    const eve = await newcomer(scene)
    const own = await addPasskey(scene.app, eve.browser)
    const browser = scene.app.newBrowser()
    for (const [holder, userHandle] of [
      [own, key.passkey.userHandle],
      [key, own.passkey.userHandle],
    ] as const)
      assertRefused(
        await signInWithPasskey(browser, holder, { userHandle }),
        401,
        'passkeys.failed',
      )
    const { credentialId, userHandle } = key.passkey
    const swapped = await signInWithPasskey(browser, own, { credentialId, userHandle })
    assertRefused(swapped, 401, 'passkeys.failed')
  })

  test('a flipped bit anywhere in what is signed, or in the signature, is refused (S7)', async () => {
    const { key } = await someone()
    for (const field of ['authenticatorData', 'signature', 'clientDataJSON'] as const) {
      const length = Buffer.from(
        (await offerSignIn(scene.app.newBrowser(), key)).response.response[field],
        'base64url',
      ).length
      // Every position of the 37 bytes an authenticator signs; a sample of the others, first and last among them.
      const stride = field === 'authenticatorData' ? 1 : 7
      const places = [...times(Math.ceil(length / stride), (index) => index * stride), length - 1]
      for (const place of places) {
        const browser = scene.app.newBrowser()
        const { ceremonyId, response } = await offerSignIn(browser, key)
        const bytes = Buffer.from(response.response[field], 'base64url')
        if (place >= bytes.length) continue
        bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << (place % 8)), place)
        const bentResponse = {
          ...response,
          response: { ...response.response, [field]: bytes.toString('base64url') },
        }
        const answer = await send(browser, { ceremonyId, response: bentResponse })
        assert.equal(answer.status, 401, `${field} ${place}: ${answer.text}`)
        assert.equal(sessionValue(browser), '')
      }
    }
  })

  test('a signature over nothing, by no key, or of another passkey is refused (S7)', async () => {
    const { ada, key } = await someone()
    const other = await addPasskey(scene.app, ada.browser, { name: 'Other' })
    const browser = scene.app.newBrowser()
    const { ceremonyId, response } = await offerSignIn(browser, key)
    const inner = response.response
    const authenticatorData = Buffer.from(inner.authenticatorData, 'base64url')
    const clientDataJson = Buffer.from(inner.clientDataJSON, 'base64url')
    const foreign = signParts(other.passkey, { authenticatorData, clientDataJson })
    const forged = { ...inner, signature: foreign.toString('base64url') }
    assertRefused(
      await send(browser, { ceremonyId, response: { ...response, response: forged } }),
      401,
      'passkeys.failed',
    )
    for (const signature of ['', 'AAAA']) {
      const next = await offerSignIn(browser, key)
      const none = { ...next.response, response: { ...next.response.response, signature } }
      const answer = await send(browser, { ceremonyId: next.ceremonyId, response: none })
      assert.equal(answer.status, 401, answer.text)
    }
  })

  test('a challenge is asked once: not after a success, not after a failure (A42)', async () => {
    const { key } = await someone()
    const browser = scene.app.newBrowser()
    const offer = await offerSignIn(browser, key)
    assert.equal((await send(browser, offer)).status, 200)
    assertRefused(await send(browser, offer), 401, 'passkeys.failed')
    const { body } = await browser.do('passkeys.sign-in-options', {}, fromElsewhere())
    const { ceremonyId, options } = body
    const answerWith = (knobs: Knobs) => ({
      ceremonyId,
      response: key.authenticator.get(options, key.passkey, knobs),
    })
    assert.equal((await send(browser, answerWith({ origin: 'https://evil.example' }))).status, 401)
    assertRefused(await send(browser, answerWith({})), 401, 'passkeys.failed')
  })

  test('of twenty uses of one answer at once exactly one signs in (A42)', async () => {
    const { key } = await someone()
    const browser = scene.app.newBrowser()
    const offer = await offerSignIn(browser, key)
    const answers = await Promise.all(times(20, () => send(browser, offer)))
    assert.deepEqual(countStatuses(answers), { 200: 1, 401: 19 })
  })

  test('it is of no use in another browser, nor after five minutes, nor after signing out (A42)', async () => {
    const { key } = await someone()
    const browser = scene.app.newBrowser()
    const offer = await offerSignIn(browser, key)
    assertRefused(await send(scene.app.newBrowser(), offer), 401, 'passkeys.failed')
    const knowsAnother = scene.app.newBrowser()
    await offerSignIn(knowsAnother, key)
    assertRefused(await send(knowsAnother, offer), 401, 'passkeys.failed')
    scene.app.clock.advance(minutes(5))
    assertRefused(await send(browser, offer), 401, 'passkeys.failed')
    const inTime = await offerSignIn(browser, key)
    scene.app.clock.advance(minutes(5) - 5000)
    assert.equal((await send(browser, inTime)).status, 200)
  })

  test('a challenge for adding or for confirming signs no user in (A42)', async () => {
    const ada = await newcomer(scene)
    const key = await addPasskey(scene.app, ada.browser)
    const { input, options } = await offerPasskey(scene.app, ada.browser)
    const asked = { rpId: 'localhost', challenge: options.challenge }
    const response = key.authenticator.get(asked, key.passkey)
    assertRefused(
      await send(ada.browser, { ceremonyId: input.ceremonyId, response }),
      401,
      'passkeys.failed',
    )
    const { body } = await ada.browser.do('sign-in.confirm-challenge', { method: 'passkey' })
    const proof = key.authenticator.get(body.challenge.options, key.passkey)
    assertRefused(
      await send(ada.browser, { ceremonyId: body.challenge.ceremonyId, response: proof }),
      401,
      'passkeys.failed',
    )
  })

  test('a counter that stands still or goes back is refused, and stands in the trail (A47)', async () => {
    const key = await addPasskey(scene.app, await fresh(), { counter: 5, name: 'Counting' })
    const browser = scene.app.newBrowser()
    assert.equal((await signInWithPasskey(browser, key, { counter: 9 })).status, 200)
    for (const counter of [9, 8, 0]) {
      const before = (await activityOf(browser))[0]
      assertRefused(
        await signInWithPasskey(scene.app.newBrowser(), key, { counter }),
        401,
        'passkeys.failed',
      )
      const [newest] = await activityOf(browser)
      assert.notEqual(newest?.id, before?.id)
      assert.deepEqual(
        [newest?.event, newest?.result, newest?.data],
        ['user.passkey:refused', 'failure', { reason: 'counter' }],
      )
    }
    assert.equal((await signInWithPasskey(browser, key, { counter: 10 })).status, 200)
  })

  test('its person is told that it may have been copied, once a day, and the list says so', async () => {
    const person = await newcomer(scene)
    const key = await addPasskey(scene.app, person.browser, { counter: 5, name: 'Copied' })
    const listed = async () => {
      const browser = scene.app.newBrowser()
      await signInWithPasskey(browser, key, { counter: ++counter })
      return (await browser.do('passkeys.list')).body.passkeys[0]
    }
    const told = async () =>
      (await scene.app.mails()).filter(
        (mail) => mail.to === person.email && mail.subject === 'A passkey may have been copied',
      )
    let counter = 9
    assert.equal((await listed()).suspectedAt, null)
    for (let turn = 0; turn < 3; turn += 1)
      assert.equal(
        (await signInWithPasskey(scene.app.newBrowser(), key, { counter: 3 })).status,
        401,
      )
    const [mail, ...more] = await told()
    assert.deepEqual(more, [])
    assert.match(mail?.text ?? '', /“Copied”: it was refused/)
    assert.match(mail?.link ?? '', /\/admin\/account\/passkeys$/)
    const at = Date.parse((await listed()).suspectedAt)
    assert.ok(Math.abs(at - scene.app.clock.now()) < 60_000)
    scene.app.clock.advance(days(1))
    const session = scene.app.newBrowser()
    await signInWithPasskey(session, key, { counter: ++counter })
    const refused = await confirmWithPasskey(session, key, { counter: 3 })
    assertRefused(refused, 403, 'sign-in.not_confirmed')
    assert.equal((await told()).length, 2, 'and again on the next day, wherever it is shown')
  })

  /** A session that has just been confirmed, for adding things. */
  const fresh = async () => {
    const browser = scene.app.newBrowser()
    assert.equal((await signInWithPasskey(browser, (await someone()).key)).status, 200)
    return browser
  }

  test('whether it is synced now is noted at each use (S9)', async () => {
    const browser = await fresh()
    const key = await addPasskey(scene.app, browser, { backedUp: false, name: 'Not yet' })
    const isSynced = async () =>
      (await browser.do('passkeys.list')).body.passkeys.find(
        (one: { id: string }) => one.id === key.passkeyId,
      ).isSynced
    assert.equal(await isSynced(), false)
    assert.equal(
      (await signInWithPasskey(scene.app.newBrowser(), key, { backedUp: true })).status,
      200,
    )
    assert.equal(await isSynced(), true)
  })

  test('guessing at the password does not close this door', async () => {
    const { ada, key } = await someone()
    for (let guess = 0; guess < 7; guess += 1)
      await scene.app
        .newBrowser()
        .do('sign-in.start', { email: ada.email, password: `wrong ${guess}` }, fromElsewhere())
    assert.equal((await signInWithPasskey(scene.app.newBrowser(), key)).status, 200)
  })

  test('a disabled account stays out, and is not told apart from a wrong passkey', async () => {
    const bob = await newcomer(scene)
    const key = await addPasskey(scene.app, bob.browser)
    const operator = scene.app.newBrowser()
    const { email, password } = scene.owner
    await operator.do('sign-in.start', { email, password }, fromElsewhere())
    assert.equal((await operator.do('people.disable', { userId: bob.userId })).status, 200)
    const browser = scene.app.newBrowser()
    assertRefused(await signInWithPasskey(browser, key), 401, 'passkeys.failed')
    assert.equal(sessionValue(browser), '')
    await operator.do('people.enable', { userId: bob.userId })
    assert.equal((await signInWithPasskey(browser, key)).status, 200)
  })
})
