import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addPasskey, newcomer, offerPasskey } from '#test/harness/factors.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import { assertRefused, countStatuses, minutes, onEachEngine } from '#test/harness/scene.ts'
import type { RegistrationKnobs } from '#test/harness/software-authenticator.ts'

onEachEngine('a passkey that is not as it should be', (scene) => {
  let shared: Person
  let stories = 0
  /** A user with a passkey; a new user from time to time, because adding is limited per person. */
  const someone = async (): Promise<Person> => {
    stories += 1
    if (!shared || stories % 10 === 0) {
      shared = await newcomer(scene)
      await addPasskey(scene.app, shared.browser, { name: 'First' })
    }
    return shared
  }
  const namesOf = async ({ browser }: Pick<Person, 'browser'>): Promise<string[]> =>
    (await browser.do('passkeys.list')).body.passkeys.map((one: { name: string }) => one.name)

  const bent: Readonly<Record<string, RegistrationKnobs>> = {
    'of another page (R4)': { origin: 'https://evil.example' },
    'of a sub-domain (R4)': { origin: 'http://evil.localhost' },
    'of another port (R4)': { origin: 'http://localhost:1' },
    'that is a sign-in (R2)': { type: 'webauthn.get' },
    'with another challenge (R3)': { challenge: Buffer.alloc(32).toString('base64url') },
    'with an empty challenge (R3)': { challenge: '' },
    'from inside a foreign page (R5)': { crossOrigin: true },
    'that names an outer page (R5)': { topOrigin: 'https://evil.example' },
    'for another host (R6)': { rpId: 'evil.example' },
    'without the user present (R7)': { userPresent: false },
    'synced but never to be synced (R8)': { backupEligible: false, backedUp: true },
    'for an algorithm that was not offered (R9)': { claimedAlgorithm: -35 },
    'with an attestation of another form (R10)': { format: 'packed' },
    'with a form nobody knows (R10)': { format: 'made-up' },
  }
  for (const [what, knobs] of Object.entries(bent))
    test(`one ${what} is refused`, async () => {
      const person = await someone()
      const before = await namesOf(person)
      const { input } = await offerPasskey(scene.app, person.browser, knobs)
      assertRefused(
        await person.browser.do('passkeys.register', input),
        422,
        'passkeys.not_accepted',
      )
      assert.deepEqual(await namesOf(person), before)
    })

  test('a byte order mark before the JSON is no fault (R1)', async () => {
    const person = await someone()
    await addPasskey(scene.app, person.browser, { clientDataPrefix: '\uFEFF', name: 'Marked' })
  })

  test('what is no JSON object, or no attestation, is refused (R1)', async () => {
    const person = await someone()
    const text = (value: string) => Buffer.from(value).toString('base64url')
    for (const broken of [
      { clientDataJSON: text('[]') },
      { clientDataJSON: text('null') },
      { clientDataJSON: text('{') },
      { clientDataJSON: '' },
      { attestationObject: '' },
      { attestationObject: text('nonsense') },
      { attestationObject: text('\u00a0') },
    ]) {
      const { input } = await offerPasskey(scene.app, person.browser)
      const response = { ...input.response, response: { ...input.response.response, ...broken } }
      assertRefused(
        await person.browser.do('passkeys.register', { ...input, response }),
        422,
        'passkeys.not_accepted',
      )
    }
  })

  test('a challenge is asked once, after a success and after a failure (A42)', async () => {
    const person = await someone()
    const { input } = await offerPasskey(scene.app, person.browser)
    assert.equal((await person.browser.do('passkeys.register', input)).status, 200)
    assertRefused(await person.browser.do('passkeys.register', input), 422, 'passkeys.not_accepted')
    const bad = await offerPasskey(scene.app, person.browser, { origin: 'https://evil.example' })
    await person.browser.do('passkeys.register', bad.input)
    const good = bad.authenticator.create(bad.options)
    assertRefused(
      await person.browser.do('passkeys.register', { ...bad.input, response: good.response }),
      422,
      'passkeys.not_accepted',
    )
  })

  test('of two answers to one challenge at once exactly one counts (A42)', async () => {
    const person = await someone()
    const { input, authenticator, options } = await offerPasskey(scene.app, person.browser)
    const other = { ...input, response: authenticator.create(options).response }
    const answers = await Promise.all(
      [input, other].map((one) => person.browser.do('passkeys.register', one)),
    )
    assert.equal(countStatuses(answers)[200], 1)
  })

  test('it is good for five minutes, for this session and for adding only (A42)', async () => {
    const person = await newcomer(scene)
    const late = await offerPasskey(scene.app, person.browser)
    scene.app.clock.advance(minutes(5))
    const refuse = async (browser: Person['browser'], input: object) =>
      assertRefused(
        await browser.do('passkeys.register', { ...input }),
        422,
        'passkeys.not_accepted',
      )
    await refuse(person.browser, late.input)
    const elsewhere = await signIn(scene.app, person)
    await refuse(elsewhere, (await offerPasskey(scene.app, person.browser)).input)
    const eve = await newcomer(scene)
    await refuse(eve.browser, (await offerPasskey(scene.app, person.browser)).input)
    const { body } = await person.browser.do('passkeys.sign-in-options')
    const { authenticator, options } = await offerPasskey(scene.app, person.browser)
    const forged = authenticator.create({ ...options, challenge: body.options.challenge })
    await refuse(person.browser, { ceremonyId: body.ceremonyId, response: forged.response })
    await refuse(person.browser, { ceremonyId: 'cer_none', response: forged.response })
  })
})
