import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { addApp, confirmWith, freshCode } from '#test/harness/factors.ts'
import { makeApiKey, makeToken, withToken } from '#test/harness/keys.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  countStatuses,
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
import { freshKey } from '#test/harness/ssh-keys.ts'

const fresh = 'granite-lantern-47-orchard'
const fresher = 'pewter-compass-82-thistle'

onEachEngine('changing the password', (scene) => {
  let count = 0
  /** A new user for each story, because it changes their password. */
  const newPerson = async (): Promise<Person> => {
    count += 1
    const inviter = { ...scene.owner, browser: await signIn(scene.app, scene.owner) }
    return joinAs(scene.app, inviter, `Person${count}`)
  }
  const change = (person: Person, newPassword: string, currentPassword = person.password) =>
    person.browser.do('password.change', { currentPassword, newPassword })
  const start = ({ email }: Person, password: string) =>
    scene.app.newBrowser().do('sign-in.start', { email, password }, fromElsewhere())

  test('from now on the new one counts and the old one does not', async () => {
    const person = await newPerson()
    const done = await change(person, fresh)
    assert.equal(done.status, 200, done.text)
    const stillWorking = { accessTokens: 0, apiKeys: 0, sshKeys: 0 }
    assert.deepEqual(done.body, { endedSessions: 0, stillWorking })
    assertRefused(await start(person, person.password), 401, 'sign-in.failed')
    assert.equal((await start(person, fresh)).status, 200)
  })

  test('the other sessions end; this one stays, with a new value (A50, A52)', async () => {
    const person = await newPerson()
    const others = await Promise.all(times(3, () => signIn(scene.app, person)))
    const before = sessionValue(person.browser)
    const done = await change(person, fresh)
    assert.equal(done.body.endedSessions, 3)
    for (const other of others) assert.equal(await isSignedIn(scene.app, other), false)
    assert.notEqual(sessionValue(person.browser), before)
    assert.equal(await opens(scene.app, before), false)
    assert.equal(await isSignedIn(scene.app, person.browser), true)
    const renamed = await person.browser.do('account.update-profile', { jobTitle: 'Smith' })
    assert.equal(renamed.status, 200, 'the new token came with it')
    const { body } = await person.browser.do('sessions.list')
    assert.equal(body.total, 1)
  })

  test('what programs and servers use goes on working, and is said on the page and in the mail', async () => {
    const ada = await newPerson()
    const { token } = await makeToken(ada)
    const { id: gone } = await makeToken(ada)
    await ada.browser.do('access-tokens.revoke', { tokenId: gone })
    const { id: keyId } = await makeApiKey(ada)
    await ada.browser.do('api-key.regenerate', { keyId, overlap: '24-hours' })
    await ada.browser.do('ssh-keys.add', { publicKey: freshKey() })
    const { body } = await change(ada, fresh)
    assert.deepEqual(body.stillWorking, { accessTokens: 1, apiKeys: 2, sshKeys: 1 })
    assert.equal((await withToken(scene.app, token).do('account.me')).status, 200)
    const mail = (await scene.app.mails()).findLast((one) => one.to === ada.email)
    assert.match(mail?.text ?? '', /access tokens: 1, API keys: 2, SSH keys: 1\./)
    for (const page of ['tokens', 'api-key', 'ssh-keys'])
      assert.ok(mail?.text.includes(`${scene.app.url}/admin/account/${page}\n`), page)
  })

  test('a wrong current password changes nothing, and stands in the trail (A52)', async () => {
    const person = await newPerson()
    const other = await signIn(scene.app, person)
    const value = sessionValue(person.browser)
    const mails = (await scene.app.mails()).length
    const written = await announcedBy(person.browser, async () => {
      const refused = await change(person, fresh, 'certainly-not-this-1')
      assertRefused(refused, 403, 'password.wrong')
      assert.deepEqual(faultsIn(refused), ['/currentPassword wrong'])
    })
    assert.deepEqual(written, ['user.password:change_failed failure'])
    assert.equal(sessionValue(person.browser), value)
    assert.equal(await isSignedIn(scene.app, other), true)
    assert.equal((await start(person, person.password)).status, 200)
    assert.equal((await scene.app.mails()).length, mails, 'no notice of a change that was none')
  })

  test('a refused new password changes nothing either', async () => {
    const person = await newPerson()
    const other = await signIn(scene.app, person)
    const refused = await change(person, 'password1')
    assertRefused(refused, 422, 'password.too_weak')
    assert.ok(faultsIn(refused).includes('/newPassword common'))
    assert.deepEqual(faultsIn(await change(person, person.password)), ['/newPassword same'])
    assert.equal(await isSignedIn(scene.app, other), true)
    assert.equal((await start(person, person.password)).status, 200)
  })

  test('the trail tells what happened, and nothing of either password', async () => {
    const person = await newPerson()
    await signIn(scene.app, person)
    const written = await announcedBy(person.browser, () => change(person, fresh))
    assert.deepEqual(written, ['user.password:changed success'])
    const trail = await activityOf(person.browser)
    assert.deepEqual(trail[0]?.data, { how: 'change', endedSessions: 1 })
    assert.ok(!JSON.stringify(trail).includes(fresh))
  })

  test('the owner of the account is told by mail, with a way back', async () => {
    const person = await newPerson()
    await change(person, fresh)
    const mail = (await scene.app.mails()).at(-1)
    assert.equal(mail?.to, person.email)
    assert.equal(mail?.subject, 'Your password was changed')
    assert.ok(mail?.text.includes(`${scene.app.url}/forgot-password`))
    assert.ok(!mail?.raw.includes(fresh) && !mail?.raw.includes(person.password))
  })

  test('links for a new password that are still open are void', async () => {
    const person = await newPerson()
    await scene.app.newBrowser().do('password.request-reset', { email: person.email })
    const token = tokenIn((await scene.app.mails()).at(-1))
    assert.ok(token)
    await change(person, fresh)
    const late = await scene.app.newBrowser().do('password.reset', { token, newPassword: fresher })
    assertRefused(late, 410, 'password.link_invalid')
    assert.equal((await start(person, fresh)).status, 200)
  })

  test('of two changes at once exactly one wins', async () => {
    const person = await newPerson()
    const answers = await Promise.all([change(person, fresh), change(person, fresher)])
    const won = answers.findIndex((answer) => answer.status === 200)
    assert.equal(answers.filter((answer) => answer.status === 200).length, 1)
    const lost = answers[1 - won]
    assert.ok(lost && (lost.status === 403 || lost.status === 401), lost?.text ?? '')
    assert.equal((await start(person, won === 0 ? fresh : fresher)).status, 200)
    assertRefused(await start(person, won === 0 ? fresher : fresh), 401, 'sign-in.failed')
    assert.equal(await isSignedIn(scene.app, person.browser), true)
  })

  test('of two changes from two browsers at once the winner stays and the other is signed out', async () => {
    const person = await newPerson()
    const second = { ...person, browser: await signIn(scene.app, person) }
    const answers = await Promise.all([change(person, fresh), change(second, fresher)])
    assert.equal(countStatuses(answers)[200], 1)
    const firstWon = answers[0]?.status === 200
    assert.equal(await isSignedIn(scene.app, person.browser), firstWon)
    assert.equal(await isSignedIn(scene.app, second.browser), !firstWon)
  })

  test('a sign-in with the old password that overtakes the change does not survive it (A51)', async () => {
    const person = await newPerson()
    const { email, password } = person
    const racing: Promise<Person['browser']>[] = []
    const race = async () => {
      const browser = scene.app.newBrowser()
      await browser.do('sign-in.start', { email, password }, fromElsewhere())
      return browser
    }
    const changing = change(person, fresh)
    // A check of 50 ms begins every few: some of them straddle the moment of the change.
    for (let begun = 0; begun < 12; begun += 1) {
      racing.push(race())
      await sleep(20)
    }
    assert.equal((await changing).status, 200)
    for (const browser of await Promise.all(racing))
      assert.equal(await isSignedIn(scene.app, browser), false)
  })

  test('an old password never runs out by itself', async () => {
    const person = await newPerson()
    scene.app.clock.advance(days(400))
    assert.equal((await start(person, person.password)).status, 200)
  })

  test('it counts as a fresh proof that it is you', async () => {
    const person = await newPerson()
    scene.app.clock.advance(minutes(9))
    assert.equal((await change(person, fresh)).status, 200)
    scene.app.clock.advance(minutes(9))
    assert.equal((await person.browser.do('sessions.end-others')).status, 200)
  })

  test('after more than ten minutes the current password is proof enough, and is not asked for twice', async () => {
    const person = await newPerson()
    scene.app.clock.advance(minutes(11))
    assertRefused(await person.browser.do('sessions.end-others'), 403, 'auth.confirm_again')
    const done = await change(person, fresh)
    assert.equal(done.status, 200, done.text)
    scene.app.clock.advance(minutes(9))
    assert.equal((await person.browser.do('sessions.end-others')).status, 200)
  })

  test('a wrong one after ten minutes confirms nothing, and is counted with every other guess', async () => {
    const person = await newPerson()
    scene.app.clock.advance(minutes(11))
    for (let guess = 0; guess < 10; guess += 1) {
      assertRefused(await change(person, fresh, `guess ${guess}`), 403, 'password.wrong')
      const proof = { method: 'password', proof: `guess ${guess}` }
      const refused = await person.browser.do('sign-in.confirm', proof)
      assertRefused(refused, 403, 'sign-in.not_confirmed')
    }
    assertRefused(await person.browser.do('sessions.end-others'), 403, 'auth.confirm_again')
    const late = await person.browser.do('sign-in.confirm', { method: 'password', proof: 'more' })
    assert.equal(late.status, 429, late.text)
    assert.equal((await change(person, fresh)).status, 429, 'not even the right one')
  })

  test('an account with a second factor is confirmed by that first, whatever password is sent', async () => {
    const person = await newPerson()
    const phone = await addApp(scene.app, person.browser)
    scene.app.clock.advance(minutes(11))
    const written = await announcedBy(person.browser, async () => {
      for (const sent of [person.password, 'certainly-not-this-1']) {
        const refused = await change(person, fresh, sent)
        assertRefused(refused, 403, 'auth.confirm_again')
        assert.deepEqual(refused.body.methods, ['totp', 'recovery-code'])
      }
    })
    assert.deepEqual(written, [], 'the password was not looked at')
    const proof = freshCode(scene.app, phone)
    assert.equal((await confirmWith(person.browser, 'totp', proof)).status, 200)
    const wrong = await change(person, fresh, 'certainly-not-this-1')
    assertRefused(wrong, 403, 'password.wrong')
    assert.equal((await change(person, fresh)).status, 200)
  })

  test('nobody changes it without being signed in, for somebody else, or with odd input', async () => {
    const person = await newPerson()
    const input = { currentPassword: person.password, newPassword: fresh }
    const visitor = scene.app.newBrowser()
    assertRefused(await visitor.do('password.change', input), 401, 'auth.sign_in_required')
    for (const odd of [
      { ...input, userId: scene.owner.userId },
      { ...input, newPassword: [fresh] },
      { ...input, newPassword: 'x'.repeat(129) },
      { ...input, currentPassword: { $gt: '' } },
      { newPassword: fresh },
      {},
    ])
      assertRefused(await person.browser.do('password.change', odd), 400, 'http.invalid_input')
    assert.equal((await start(person, person.password)).status, 200)
  })
})
