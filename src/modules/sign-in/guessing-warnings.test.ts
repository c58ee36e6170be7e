import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '#test/harness/client.ts'
import {
  confirmWith,
  finishWith,
  type Guarded,
  newcomer,
  newcomerWithApp,
  startPending,
  wrongCode,
} from '#test/harness/factors.ts'
import { tokenIn } from '#test/harness/mails.ts'
import {
  announcedBy,
  assertRefused,
  days,
  fromElsewhere,
  hours,
  minutes,
  onEachEngine,
} from '#test/harness/scene.ts'

const wrong = 'a wrong guess 1'
const ofPassword = 'Somebody is guessing your password'
const ofCodes = 'Somebody is guessing your codes'

onEachEngine('being told that somebody is guessing', (scene) => {
  const told = async ({ email }: { readonly email: string }): Promise<readonly string[]> =>
    (await scene.app.mails())
      .filter((mail) => mail.to === email && /guessing/.test(mail.subject))
      .map((mail) => mail.subject)
  const repeat = async (count: number, guess: () => Promise<Answer>): Promise<void> => {
    for (let turn = 0; turn < count; turn += 1) {
      const { status, text } = await guess()
      assert.ok(status === 401 || status === 403, text)
      scene.app.clock.advance(hours(1))
    }
  }
  /** A browser that stays signed in for a day and more, and that the account has no count of its own for. */
  const strange = async (person: Guarded) => {
    const { browser } = person
    browser.cookies.delete('latchkey-device')
    return browser
  }
  const linkFor = async (email: string): Promise<string> => {
    await scene.app.newBrowser().do('password.request-reset', { email }, fromElsewhere())
    return tokenIn((await scene.app.mails()).at(-1))
  }

  test('sixty wrong passwords an hour apart are three mails, each with a link that works', async () => {
    const { email, password } = await newcomer(scene)
    const guess = (typed = wrong) =>
      scene.app.newBrowser().do('sign-in.start', { email, password: typed }, fromElsewhere())
    await repeat(60, guess)
    assert.deepEqual(await told({ email }), [ofPassword, ofPassword, ofPassword])
    await guess()
    assertRefused(await guess(password), 429, 'http.too_many_requests')
    const token = tokenIn((await scene.app.mails()).findLast((mail) => mail.to === email))
    const lifted = await scene.app.newBrowser().do('sign-in.lift-lock', { token }, fromElsewhere())
    assert.equal(lifted.status, 200, lifted.text)
    assert.equal((await guess(password)).status, 200)
  })

  test('wrong codes where a change is confirmed are told of, and those at the sign-in page after them', async () => {
    const person = await newcomerWithApp(scene)
    const browser = await strange(person)
    const code = wrongCode(scene.app, person.phone)
    const written = await announcedBy(browser, async () => {
      for (let turn = 0; turn < 10; turn += 1)
        assertRefused(await confirmWith(browser, 'totp', code), 403, 'sign-in.not_confirmed')
    })
    assert.deepEqual(written, [
      ...Array(9).fill('user:confirm_failed failure'),
      'user:guessing_warned success',
      'user:confirm_failed failure',
    ])
    assert.deepEqual(await told(person), [ofCodes])
    scene.app.clock.advance(minutes(15))
    const atSignIn = async () =>
      finishWith(await startPending(scene.app, person), 'totp', wrongCode(scene.app, person.phone))
    await repeat(8, atSignIn)
    assert.deepEqual(await told(person), [ofCodes], 'once within a day')
    scene.app.clock.advance(days(1))
    await repeat(1, atSignIn)
    assert.deepEqual(await told(person), [ofCodes, ofCodes], 'and again on the next')
  })

  test('wrong passwords where a change is confirmed, and where a new one is chosen', async () => {
    const person = await newcomer(scene)
    const { browser } = person
    const confirming = () => confirmWith(browser, 'password', wrong)
    const changing = () =>
      browser.do('password.change', {
        currentPassword: wrong,
        newPassword: 'granite-lantern-47-orchard',
      })
    for (let turn = 0; turn < 5; turn += 1)
      for (const guess of [confirming, changing]) assert.equal((await guess()).status, 403)
    assert.deepEqual(await told(person), [ofPassword])
  })

  test('wrong codes on the page of the reset link', async () => {
    const person = await newcomerWithApp(scene)
    const token = await linkFor(person.email)
    const proof = wrongCode(scene.app, person.phone)
    for (let turn = 0; turn < 10; turn += 1) {
      const input = { token, newPassword: 'granite-lantern-47-orchard', method: 'totp', proof }
      const refused = await scene.app.newBrowser().do('password.reset', input, fromElsewhere())
      assertRefused(refused, 403, 'password.factor_wrong')
    }
    assert.deepEqual(await told(person), [ofCodes])
  })

  test('wrong recovery codes where they are said to be saved', async () => {
    const person = await newcomerWithApp(scene)
    for (let turn = 0; turn < 10; turn += 1) {
      const input = { code: '1-aaaa-aaaa-aaaa-aaaa' }
      const refused = await person.browser.do('two-factor.acknowledge-codes', input)
      assertRefused(refused, 422, 'two-factor.code_wrong')
    }
    assert.deepEqual(await told(person), [ofCodes])
  })

  test('wrong codes in a browser of one’s own are a count of their own, and told of as well', async () => {
    const person = await newcomerWithApp(scene)
    await person.browser.do('sign-in.end')
    const guess = async () =>
      finishWith(
        await startPending(scene.app, person, person.browser),
        'totp',
        wrongCode(scene.app, person.phone),
      )
    for (let turn = 0; turn < 10; turn += 1) assert.equal((await guess()).status, 401)
    assert.deepEqual(await told(person), [ofCodes])
  })

  test('an address nobody has, and a disabled account, are told nothing', async () => {
    const person = await newcomer(scene)
    const operator = scene.app.newBrowser()
    const { email, password } = scene.owner
    await operator.do('sign-in.start', { email, password }, fromElsewhere())
    assert.equal((await operator.do('people.disable', { userId: person.userId })).status, 200)
    const before = (await scene.app.mails()).length
    for (const address of [person.email, 'nobody-here@example.com'])
      await repeat(11, () =>
        scene.app
          .newBrowser()
          .do('sign-in.start', { email: address, password: wrong }, fromElsewhere()),
      )
    assert.equal((await scene.app.mails()).length, before)
  })
})
