import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  assertRefused,
  countStatuses,
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

onEachEngine('choosing a new password with the link', (scene) => {
  let count = 0
  const newPerson = async (): Promise<Person> => {
    count += 1
    const inviter = { ...scene.owner, browser: await signIn(scene.app, scene.owner) }
    return joinAs(scene.app, inviter, `Person${count}`)
  }
  const linkFor = async ({ email }: Person): Promise<string> => {
    const browser = scene.app.newBrowser()
    await browser.do('password.request-reset', { email }, fromElsewhere())
    const token = tokenIn((await scene.app.mails()).at(-1))
    assert.ok(token)
    return token
  }
  const reset = (token: string, newPassword = fresh, browser = scene.app.newBrowser()) =>
    browser.do('password.reset', { token, newPassword }, fromElsewhere())
  const start = ({ email }: Person, password: string) =>
    scene.app.newBrowser().do('sign-in.start', { email, password }, fromElsewhere())

  test('the new password counts, every session is over, and nobody is signed in by it', async () => {
    const person = await newPerson()
    const others = await Promise.all(times(2, () => signIn(scene.app, person)))
    const browser = scene.app.newBrowser()
    const done = await reset(await linkFor(person), fresh, browser)
    assert.equal(done.status, 200, done.text)
    assert.equal(browser.cookies.size, 0, 'no automatic sign-in')
    for (const other of [person.browser, ...others])
      assert.equal(await isSignedIn(scene.app, other), false)
    assertRefused(await start(person, person.password), 401, 'sign-in.failed')
    const again = await signIn(scene.app, { ...person, password: fresh })
    const changed = (await activityOf(again)).find((act) => act.event === 'user.password:changed')
    assert.deepEqual(changed?.data, { how: 'reset', endedSessions: 3 })
  })

  test('what programs and servers use goes on working, and is said', async () => {
    const ada = await newPerson()
    const { token } = await makeToken(ada)
    await ada.browser.do('ssh-keys.add', {
      publicKey: freshKey(),
      expiresAt: new Date(scene.app.clock.now() + minutes(1)).toISOString(),
    })
    scene.app.clock.advance(minutes(2))
    const { body } = await reset(await linkFor(ada))
    assert.deepEqual(body, { stillWorking: { accessTokens: 1, apiKeys: 0, sshKeys: 0 } })
    assert.equal((await withToken(scene.app, token).do('account.me')).status, 200)
    const mail = (await scene.app.mails()).findLast((one) => one.to === ada.email)
    assert.match(mail?.text ?? '', /access tokens: 1, API keys: 0, SSH keys: 0\./)
    assert.doesNotMatch(mail?.text ?? '', /\/ssh-keys/)
  })

  test('the person is told by mail', async () => {
    const person = await newPerson()
    await reset(await linkFor(person))
    const mail = (await scene.app.mails()).at(-1)
    assert.deepEqual([mail?.to, mail?.subject], [person.email, 'Your password was changed'])
  })

  test('even in the browser that is signed in it signs out', async () => {
    const person = await newPerson()
    const value = sessionValue(person.browser)
    assert.equal((await reset(await linkFor(person), fresh, person.browser)).status, 200)
    assert.equal(await opens(scene.app, value), false)
  })

  test('of twenty uses at once exactly one counts', async () => {
    const person = await newPerson()
    const token = await linkFor(person)
    const chosen = times(20, (index) => `granite-${index}-lantern-orchard`)
    const answers = await Promise.all(chosen.map((password) => reset(token, password)))
    assert.deepEqual(countStatuses(answers), { 200: 1, 410: 19 })
    const won = answers.findIndex((answer) => answer.status === 200)
    assert.equal((await start(person, chosen[won] ?? '')).status, 200)
    assertRefused(await start(person, chosen[(won + 1) % 20] ?? ''), 401, 'sign-in.failed')
  })

  test('a made-up, an expired, a used and a disabled person’s link are one and the same refusal (A06)', async () => {
    const [late, used, gone] = [await newPerson(), await newPerson(), await newPerson()]
    const goneToken = await linkFor(gone)
    const owner = await signIn(scene.app, scene.owner)
    assert.equal((await owner.do('people.disable', { userId: gone.userId })).status, 200)
    const lateToken = await linkFor(late)
    scene.app.clock.advance(minutes(30))
    const usedToken = await linkFor(used)
    await reset(usedToken)
    const said = []
    for (const token of ['x'.repeat(43), lateToken, usedToken, goneToken]) {
      const refused = await reset(token, fresher)
      assertRefused(refused, 410, 'password.link_invalid')
      const { instance: _, ...rest } = refused.body
      said.push(JSON.stringify(rest))
    }
    assert.equal(new Set(said).size, 1)
    assert.equal((await start(late, late.password)).status, 200, 'nothing has changed for them')
  })

  test('a link is good for 30 minutes, to the second', async () => {
    const person = await newPerson()
    const token = await linkFor(person)
    scene.app.clock.advance(minutes(30) - 5000)
    assert.equal((await reset(token)).status, 200)
  })

  test('a newer link does not break an older one, but using either voids both', async () => {
    const person = await newPerson()
    const [older, newer] = [await linkFor(person), await linkFor(person)]
    assert.equal((await reset(older)).status, 200)
    assertRefused(await reset(newer, fresher), 410, 'password.link_invalid')
  })

  test('a weak password is refused and the link stays good', async () => {
    const person = await newPerson()
    const token = await linkFor(person)
    const refused = await reset(token, 'password1')
    assertRefused(refused, 422, 'password.too_weak')
    assert.ok(faultsIn(refused).includes('/newPassword common'))
    const own = await reset(token, person.email)
    assert.ok(faultsIn(own).includes('/newPassword personal'), own.text)
    assert.equal((await start(person, person.password)).status, 200)
    assert.equal((await reset(token)).status, 200)
  })

  test('a stranger cannot use the weakness check to learn whether a link is real', async () => {
    const refused = await reset('x'.repeat(43), 'password1')
    assertRefused(refused, 410, 'password.link_invalid')
  })

  test('whoever was locked out by wrong guesses is let in with the new password', async () => {
    const person = await newPerson()
    for (let guess = 0; guess < 6; guess += 1) await start(person, `wrong guess ${guess}`)
    assert.equal((await reset(await linkFor(person))).status, 200)
    assert.equal((await start(person, fresh)).status, 200)
  })

  test('a sign-in with the old password that overtakes it does not survive it (A51)', async () => {
    const person = await newPerson()
    const token = await linkFor(person)
    const { email, password } = person
    const browsers = times(4, () => scene.app.newBrowser())
    const [done] = await Promise.all([
      reset(token),
      ...browsers.map((browser) =>
        browser.do('sign-in.start', { email, password }, fromElsewhere()),
      ),
    ])
    assert.equal(done?.status, 200, done?.text)
    for (const browser of browsers) assert.equal(await isSignedIn(scene.app, browser), false)
  })

  test('what is not one text is refused (A64)', async () => {
    const token = await linkFor(await newPerson())
    for (const odd of [
      { token: [token], newPassword: fresh },
      { token, newPassword: [fresh] },
      { token, newPassword: '' },
      { token },
      { newPassword: fresh },
      { token, newPassword: fresh, email: 'eve@example.com' },
      { token: `${token}${'x'.repeat(200)}`, newPassword: fresh },
    ])
      assertRefused(
        await scene.app.newBrowser().do('password.reset', odd, fromElsewhere()),
        400,
        'http.invalid_input',
      )
    assert.equal((await reset(token)).status, 200)
  })
})
