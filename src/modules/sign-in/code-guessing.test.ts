// long: two days of guessing instead of half a day.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, systemActor } from '#platform/context.ts'
import { keyedHash } from '#platform/crypto/digest.ts'
import { countGuess, type Guess } from '#platform/identity/throttle.ts'
import type { Browser } from '#test/harness/client.ts'
import {
  addApp,
  addPasskey,
  finishWith,
  freshCode,
  type Guarded,
  newcomer,
  newcomerWithApp,
  signInWithPasskey,
  startPending,
  wrongCode,
} from '#test/harness/factors.ts'
import { long } from '#test/harness/long.ts'
import { tokenIn } from '#test/harness/mails.ts'
import {
  assertRefused,
  countStatuses,
  days,
  fromElsewhere,
  hours,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'

onEachEngine('guessing at somebody’s codes', (scene) => {
  /** Signs in with the password and tries; says what became of it. */
  const guess = async (person: Guarded, browser = scene.app.newBrowser()): Promise<number> => {
    await startPending(scene.app, person, browser)
    return (await finishWith(browser, 'totp', wrongCode(scene.app, person.phone))).status
  }
  /** As often as one pending sign-in allows, or until a wait is running; says how many were checked. */
  const guessOn = async (person: Guarded, browser: Browser): Promise<number> => {
    await startPending(scene.app, person, browser)
    for (let checked = 0; checked < 5; checked += 1) {
      const code = wrongCode(scene.app, person.phone)
      if ((await finishWith(browser, 'totp', code)).status === 429) return checked
    }
    return 5
  }
  const signInFrom = async (
    person: Guarded,
    browser: Browser,
    [method, proof]: [string, string],
  ) => {
    await startPending(scene.app, person, browser)
    const done = await finishWith(browser, method, proof)
    if (done.status === 200) await browser.do('sign-in.end')
    return done.status
  }
  const withApp = (person: Guarded): [string, string] => [
    'totp',
    freshCode(scene.app, person.phone),
  ]
  const lift = async (email: string) => {
    const mail = (await scene.app.mails()).findLast(
      (one) => one.to === email && /guessing your codes/.test(one.subject),
    )
    return scene.app.newBrowser().do('sign-in.lift-lock', { token: tokenIn(mail) }, fromElsewhere())
  }
  const ctx = () => createContext(scene.app.app.services, systemActor('test'))
  /** As the sign-in page counts them, without the slow hash of each password. */
  const countWrong = async (about: string, count: number, name = 'second factor') => {
    const rule = { name, free: 10, firstWaitSeconds: 900, hardMax: 100 }
    const counted: Guess = { rule, about }
    for (let failure = 0; failure < count; failure += 1) {
      await countGuess(ctx(), [counted])
      scene.app.clock.advance(hours(1))
    }
  }

  test('for days, by somebody who has the password, does not keep the owner out of their own browser', async () => {
    const person = await newcomerWithApp(scene)
    await person.browser.do('sign-in.end')
    const thief = scene.app.newBrowser()
    // Every visitor gets a device cookie here; it does not make the browser known to the account.
    await thief.do('passkeys.sign-in-options', {}, fromElsewhere())
    let checked = 0
    const guessed = long(48, 12)
    for (let hour = 0; hour < guessed; hour += 1) {
      for (let round = 0; round < (hour === 0 ? 3 : 1); round += 1)
        checked += await guessOn(person, thief)
      if (hour % 12 === 6) {
        assert.equal(await signInFrom(person, person.browser, withApp(person)), 200, `hour ${hour}`)
        const code = person.codes[(hour - 6) / 12] ?? ''
        assert.equal(
          await signInFrom(person, person.browser, ['recovery-code', code]),
          200,
          `a recovery code in hour ${hour}`,
        )
      }
      scene.app.clock.advance(hours(1))
    }
    assert.ok(
      checked >= guessed && checked <= guessed + 11,
      `${checked} were checked in ${guessed} hours`,
    )
  })

  test('a browser that knew the password before there was a second factor is a stranger', async () => {
    const person = await newcomer(scene)
    const eve = scene.app.newBrowser()
    const { email, password } = person
    await eve.do('sign-in.start', { email, password }, fromElsewhere())
    const { codes, ...phone } = await addApp(scene.app, person.browser)
    const guarded = { ...person, phone, codes: codes ?? [] }
    for (let wrong = 0; wrong < 10; wrong += 1) assert.equal(await guess(guarded, eve), 401)
    assert.equal(await guess(guarded, eve), 429)
    assert.equal(await guess(guarded), 429, 'it has no count of its own')
    assert.equal(await signInFrom(guarded, person.browser, withApp(guarded)), 200)
  })

  test('does not close the reset page to who has the mail', async () => {
    const person = await newcomerWithApp(scene)
    for (let wrong = 0; wrong < 11; wrong += 1) await guess(person)
    const visitor = scene.app.newBrowser()
    await visitor.do('password.request-reset', { email: person.email }, fromElsewhere())
    const [method, proof] = withApp(person)
    const input = {
      token: tokenIn((await scene.app.mails()).at(-1)),
      newPassword: 'granite-lantern-47-orchard',
      ...{ method, proof },
    }
    const done = await visitor.do('password.reset', input, fromElsewhere())
    assert.equal(done.status, 200, done.text)
    const fresh = { ...person, password: input.newPassword }
    assert.equal(
      await signInFrom(fresh, scene.app.newBrowser(), withApp(fresh)),
      200,
      'and opens the sign-in everywhere',
    )
  })

  test('the link from the mail ends the waits, in the owner’s own browser too', async () => {
    const person = await newcomerWithApp(scene)
    await person.browser.do('sign-in.end')
    for (const browser of [person.browser, undefined]) {
      for (let wrong = 0; wrong < 10; wrong += 1) assert.equal(await guess(person, browser), 401)
      assert.equal(await guess(person, browser), 429)
    }
    assert.equal((await lift(person.email)).status, 200)
    assert.equal(await signInFrom(person, person.browser, withApp(person)), 200)
    assert.equal(await signInFrom(person, scene.app.newBrowser(), withApp(person)), 200)
  })

  test('twenty at once count as twenty: no more are checked than are allowed (A12)', async () => {
    const person = await newcomerWithApp(scene)
    const browsers = await Promise.all(times(4, () => startPending(scene.app, person)))
    const code = wrongCode(scene.app, person.phone)
    const answers = await Promise.all(
      times(20, (index) => finishWith(browsers[index % 4] as Browser, 'totp', code)),
    )
    assert.deepEqual(countStatuses(answers), { 401: 10, 429: 10 })
  })

  test('a hundred in a row close them, until a factor is bound anew (A16)', async () => {
    const person = await newcomerWithApp(scene)
    const key = await addPasskey(scene.app, person.browser)
    await countWrong(person.userId, 98)
    assert.equal(await guess(person), 401)
    scene.app.clock.advance(hours(1))
    assert.equal(await guess(person), 401, 'the hundredth')
    scene.app.clock.advance(days(40))
    const strange = scene.app.newBrowser()
    assert.equal(await signInFrom(person, strange, withApp(person)), 429)
    assert.equal((await lift(person.email)).status, 410, 'that link is too old, and would not do')
    assert.equal((await signInWithPasskey(scene.app.newBrowser(), key)).status, 200)
    await startPending(scene.app, person, person.browser)
    assert.equal((await finishWith(person.browser, ...withApp(person))).status, 200, 'own browser')
    await addApp(scene.app, person.browser, { name: 'Tablet' })
    assert.equal(await signInFrom(person, strange, withApp(person)), 200)
  })

  test('lifting the waits does not make a hundred more of them (A16)', async () => {
    const person = await newcomerWithApp(scene)
    await countWrong(person.userId, 89)
    assert.equal(await guess(person), 401)
    assert.equal((await lift(person.email)).status, 200)
    const statuses = []
    for (let wrong = 0; wrong < 12; wrong += 1) statuses.push(await guess(person))
    assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429])
    await lift(person.email)
    assert.equal(await guess(person), 429, 'closed, and a mailbox is no factor')
  })

  test('a new password with a code opens what was closed', async () => {
    const person = await newcomerWithApp(scene)
    await countWrong(person.userId, 100)
    assert.equal(await guess(person), 429)
    const visitor = scene.app.newBrowser()
    await visitor.do('password.request-reset', { email: person.email }, fromElsewhere())
    const [method, proof] = ['recovery-code', person.codes[0]]
    const password = 'granite-lantern-48-orchard'
    const token = tokenIn((await scene.app.mails()).at(-1))
    const input = { token, newPassword: password, method, proof }
    assert.equal((await visitor.do('password.reset', input, fromElsewhere())).status, 200)
    const fresh = { ...person, password }
    assert.equal(await signInFrom(fresh, scene.app.newBrowser(), withApp(fresh)), 200)
  })

  test('a right one at fifty starts it anew (A16)', async () => {
    const person = await newcomerWithApp(scene)
    await countWrong(person.userId, 50)
    assert.equal(await signInFrom(person, scene.app.newBrowser(), withApp(person)), 200)
    await countWrong(person.userId, 99)
    assert.equal(await signInFrom(person, scene.app.newBrowser(), withApp(person)), 200)
  })

  test('a wrong code is counted although the sign-in around it fails (A14)', async () => {
    const person = await newcomerWithApp(scene)
    const code = wrongCode(scene.app, person.phone)
    const counted = async (): Promise<number> => {
      const key = keyedHash(
        scene.app.app.services.keys.version('lookup', 1),
        ...(['guess', 'second factor', person.userId] as const),
      )
      const rows = await scene.app.db
        .withTables<{ guesses: { key: Uint8Array; in_a_row: number } }>()
        .selectFrom('guesses')
        .select('in_a_row')
        .where('key', '=', key)
        .execute()
      return rows[0]?.in_a_row ?? 0
    }
    for (let wrong = 1; wrong <= 5; wrong += 1) {
      const browser = await startPending(scene.app, person)
      assertRefused(await finishWith(browser, 'totp', code), 401, 'sign-in.second_step_failed')
      assert.equal(await counted(), wrong)
    }
    const browser = await startPending(scene.app, person)
    const { schema } = scene.app.db
    await schema.alterTable('sessions').renameTo('sessions_away').execute()
    const [method, proof] = withApp(person)
    const broken = await finishWith(browser, method, proof)
    await schema.alterTable('sessions_away').renameTo('sessions').execute()
    assert.equal(broken.status, 500, broken.text)
    assert.equal(await counted(), 6)
    assert.equal(await signInFrom(person, scene.app.newBrowser(), withApp(person)), 200)
    assert.equal(await counted(), 0)
  })
})
