import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addPasskey, newcomer, offerPasskey, signInWithPasskey } from '#test/harness/factors.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import {
  announcedBy,
  assertRefused,
  isSignedIn,
  minutes,
  onEachEngine,
  opens,
  sessionValue,
} from '#test/harness/scene.ts'

const googleAaguid = 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4'

onEachEngine('adding a passkey', (scene) => {
  let shared: Person
  /** A user who has a few passkeys already; the stories here do not touch them. */
  const someone = async (): Promise<Person> => {
    if (!shared) {
      shared = await newcomer(scene)
      await addPasskey(scene.app, shared.browser, { name: 'First' })
    }
    return shared
  }
  const list = async ({ browser }: Pick<Person, 'browser'>) =>
    (await browser.do('passkeys.list')).body
  const namesOf = async (person: Pick<Person, 'browser'>): Promise<string[]> =>
    (await list(person)).passkeys.map((one: { name: string }) => one.name)

  test('the browser is asked for one that can be found by itself, with what the product can check', async () => {
    const { options } = await offerPasskey(scene.app, (await someone()).browser)
    assert.equal(options.rp.id, 'localhost')
    assert.equal(options.attestation, 'none')
    assert.equal(options.timeout, 300_000)
    assert.deepEqual(
      options.pubKeyCredParams.map((one: { alg: number }) => one.alg),
      [-8, -7, -257],
    )
    assert.equal(options.authenticatorSelection.residentKey, 'required')
    assert.equal(options.authenticatorSelection.userVerification, 'preferred')
    assert.equal(Buffer.from(options.challenge, 'base64url').length, 32)
    const handle = Buffer.from(options.user.id, 'base64url')
    assert.equal(handle.length, 64)
    assert.ok(!handle.toString('latin1').includes((await someone()).userId))
  })

  test('the handle stays the same, challenges do not, and those there are not offered again', async () => {
    const person = await someone()
    const [one, two] = [
      await offerPasskey(scene.app, person.browser),
      await offerPasskey(scene.app, person.browser),
    ]
    assert.equal(one.options.user.id, two.options.user.id)
    assert.notEqual(one.options.challenge, two.options.challenge)
    const present = (await list(person)).signals.credentialIds
    assert.deepEqual(
      one.options.excludeCredentials.map((excluded: { id: string }) => excluded.id),
      present,
    )
  })

  test('browsers are told by which roads a key can be reached, when one is added and when one is asked for', async () => {
    const person = await newcomer(scene)
    const transports = ['usb', 'nfc']
    await addPasskey(scene.app, person.browser, { transports })
    const { options } = await offerPasskey(scene.app, person.browser)
    const asked = await person.browser.do('sign-in.confirm-challenge', { method: 'passkey' })
    const [excluded] = options.excludeCredentials
    const [allowed] = asked.body.challenge.options.allowCredentials
    for (const one of [excluded, allowed])
      assert.deepEqual([one.type, one.transports], ['public-key', transports])
  })

  for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const)
    test(`a key of kind ${algorithm} can be added and signs in`, async () => {
      const person = await someone()
      const holder = await addPasskey(scene.app, person.browser, { algorithm, name: algorithm })
      const browser = scene.app.newBrowser()
      const done = await signInWithPasskey(browser, holder)
      assert.deepEqual(done.body, { next: 'done' }, done.text)
      assert.equal((await browser.do('account.me')).body.userId, person.userId)
    })

  test('the list says what it is called, who keeps it, whether it is synced and when it was used', async () => {
    const person = await newcomer(scene)
    const synced = await addPasskey(scene.app, person.browser, { aaguid: googleAaguid })
    await addPasskey(scene.app, person.browser, { backupEligible: false, name: 'Key ring' })
    const { passkeys, signals } = await list(person)
    assert.deepEqual(
      passkeys.map((one: Record<string, unknown>) => [one.name, one.provider, one.isSynced]).sort(),
      [
        ['Google Password Manager', 'Google Password Manager', true],
        ['Key ring', null, false],
      ],
    )
    assert.ok(passkeys.every((one: { lastUsedAt: string | null }) => one.lastUsedAt === null))
    assert.equal(signals.rpId, 'localhost')
    assert.equal(signals.userHandle, synced.passkey.userHandle)
    assert.equal(signals.credentialIds.length, 2)
    assert.equal(signals.name, person.email)
    scene.app.clock.advance(60_000)
    assert.equal((await signInWithPasskey(scene.app.newBrowser(), synced)).status, 200)
    const used = (await list(person)).passkeys.find(
      (one: { id: string }) => one.id === synced.passkeyId,
    )
    assert.ok(Math.abs(Date.parse(used.lastUsedAt) - scene.app.clock.now()) < 5000)
  })

  test('the first one brings recovery codes, ends other sessions, changes this one’s value and is told', async () => {
    const person = await newcomer(scene)
    const other = await signIn(scene.app, person)
    const before = sessionValue(person.browser)
    const mailed = (await scene.app.mails()).length
    const written = await announcedBy(person.browser, async () => {
      const { codes } = await addPasskey(scene.app, person.browser)
      assert.equal(codes?.length, 10)
    })
    assert.deepEqual([...written].sort(), [
      'user.2fa:enabled success',
      'user.2fa:recovery_codes_issued success',
      'user.passkey:added success',
    ])
    const subjects = (await scene.app.mails()).slice(mailed).map((mail) => mail.subject)
    assert.ok(subjects.includes('A passkey was added'), subjects.join())
    assert.equal(await isSignedIn(scene.app, other), false)
    assert.equal(await opens(scene.app, before), false)
    const second = await addPasskey(scene.app, person.browser, { name: 'Second' })
    assert.equal(second.codes, null)
  })

  test('one that did not verify the person brings codes, and does not make the account ask for it', async () => {
    const person = await newcomer(scene)
    const other = await signIn(scene.app, person)
    const { codes } = await addPasskey(scene.app, person.browser, { userVerified: false })
    assert.equal(codes?.length, 10)
    assert.equal((await person.browser.do('two-factor.read')).body.isOn, false)
    assert.equal(await isSignedIn(scene.app, other), true)
    assert.equal((await (await signIn(scene.app, person)).do('account.me')).status, 200)
  })

  test('it can be renamed at any time and removed, by its owner alone', async () => {
    const person = await someone()
    const eve = await newcomer(scene)
    const { passkeyId } = await addPasskey(scene.app, person.browser, { name: 'Old' })
    for (const [name, input] of [
      ['passkeys.rename', { passkeyId, name: 'Mine' }],
      ['passkeys.remove', { passkeyId }],
    ] as const)
      assertRefused(await eve.browser.do(name, input), 404, 'passkeys.not_found')
    const written = await announcedBy(person.browser, async () => {
      const renamed = await person.browser.do('passkeys.rename', { passkeyId, name: 'New' })
      assert.equal(renamed.body.name, 'New')
      assert.equal((await person.browser.do('passkeys.remove', { passkeyId })).status, 200)
    })
    assert.deepEqual(written, ['user.passkey:renamed success', 'user.passkey:removed success'])
    assert.ok(!(await namesOf(person)).includes('New'))
    assert.equal((await scene.app.mails()).at(-1)?.subject, 'A passkey was removed')
    assertRefused(
      await person.browser.do('passkeys.remove', { passkeyId }),
      404,
      'passkeys.not_found',
    )
  })

  test('one that is registered already is refused alike, whichever user it belongs to (R12, A43)', async () => {
    const person = await someone()
    const eve = await newcomer(scene)
    const { passkey } = await addPasskey(scene.app, person.browser, { name: 'Twice' })
    const answers = []
    for (const { browser } of [person, eve]) {
      const { input } = await offerPasskey(scene.app, browser, {
        credentialId: passkey.credentialId,
      })
      answers.push(await browser.do('passkeys.register', input))
    }
    for (const answer of answers) assertRefused(answer, 422, 'passkeys.not_accepted')
    const bare = answers.map(({ body: { instance: _, ...rest } }) => rest)
    assert.deepEqual(bare[0], bare[1])
    assert.deepEqual(await namesOf(eve), [])
  })

  test('an id longer than the standard allows is refused (R11)', async () => {
    const person = await someone()
    const { input } = await offerPasskey(scene.app, person.browser, { credentialIdBytes: 1024 })
    const refused = await person.browser.do('passkeys.register', input)
    assert.ok(refused.status === 422 || refused.status === 400, refused.text)
    const long = await addPasskey(scene.app, person.browser, { credentialIdBytes: 1023 })
    assert.deepEqual((await signInWithPasskey(scene.app.newBrowser(), long)).body, { next: 'done' })
  })

  test('no user adds or removes one without having confirmed that it is them (A38, A56)', async () => {
    const person = await newcomer(scene)
    const { passkeyId } = await addPasskey(scene.app, person.browser)
    const { input } = await offerPasskey(scene.app, person.browser)
    scene.app.clock.advance(minutes(10))
    for (const [name, given] of [
      ['passkeys.begin', {}],
      ['passkeys.register', input],
      ['passkeys.remove', { passkeyId }],
    ] as const) {
      const refused = await person.browser.do(name, given)
      assertRefused(refused, 403, 'auth.confirm_again')
      assert.deepEqual(refused.body.methods, ['passkey', 'recovery-code'])
    }
    const byPassword = await person.browser.do('sign-in.confirm', {
      method: 'password',
      proof: person.password,
    })
    assertRefused(byPassword, 403, 'sign-in.not_confirmed')
    const visitor = scene.app.newBrowser()
    assertRefused(await visitor.do('passkeys.begin'), 401, 'auth.sign_in_required')
  })
})
