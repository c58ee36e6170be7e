import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Role } from '#modules/person/contract.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { joinAs, type Person, passwordOf, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  countStatuses,
  fromElsewhere,
  isSignedIn,
  minutes,
  onEachEngine,
  opens,
  sessionValue,
  times,
} from '#test/harness/scene.ts'

onEachEngine('inviting and disabling people', (scene) => {
  let count = 0
  /** Renews the acting person's last proof, because the clock may have moved in the story before. */
  const owner = async (): Promise<Person> => ({
    ...scene.owner,
    browser: await signIn(scene.app, scene.owner),
  })
  const newPerson = async (role: Role = 'member'): Promise<Person> => {
    count += 1
    return joinAs(scene.app, await owner(), `Person${count}`, role)
  }
  const disable = ({ browser }: Person, { userId }: Pick<Person, 'userId'>) =>
    browser.do('people.disable', { userId })
  const enable = ({ browser }: Person, { userId }: Pick<Person, 'userId'>) =>
    browser.do('people.enable', { userId })
  const start = ({ email, password }: Person) =>
    scene.app.newBrowser().do('sign-in.start', { email, password }, fromElsewhere())

  test('who is disabled is out at once, everywhere, and stays out', async () => {
    const person = await newPerson()
    const second = await signIn(scene.app, person)
    const done = await disable(await owner(), person)
    assert.equal(done.status, 200, done.text)
    for (const browser of [person.browser, second])
      assertRefused(await browser.do('account.me'), 401, 'auth.sign_in_required')
    assertRefused(await start(person), 401, 'sign-in.failed')
    const mails = (await scene.app.mails()).length
    await scene.app.newBrowser().do('password.request-reset', { email: person.email })
    assert.equal((await scene.app.mails()).length, mails, 'no link either')
  })

  test('a link asked for before being disabled opens nothing', async () => {
    const person = await newPerson()
    await scene.app.newBrowser().do('password.request-reset', { email: person.email })
    const token = tokenIn((await scene.app.mails()).at(-1))
    await disable(await owner(), person)
    const newPassword = passwordOf('feldspar')
    const late = await scene.app.newBrowser().do('password.reset', { token, newPassword })
    assertRefused(late, 410, 'password.link_invalid')
  })

  test('enabled again they sign in afresh; what was open before stays dead', async () => {
    const person = await newPerson()
    const value = sessionValue(person.browser)
    const boss = await owner()
    await disable(boss, person)
    assert.equal((await enable(boss, person)).status, 200)
    assert.equal(await opens(scene.app, value), false)
    assert.equal((await start(person)).status, 200)
  })

  test('a sign-in that overtakes the disabling is not revived by enabling', async () => {
    const person = await newPerson()
    const boss = await owner()
    const { email, password } = person
    const browsers = times(4, () => scene.app.newBrowser())
    const racing = browsers.map((browser) =>
      browser.do('sign-in.start', { email, password }, fromElsewhere()),
    )
    await disable(boss, person)
    await Promise.all(racing)
    for (const browser of browsers) assert.equal(await isSignedIn(scene.app, browser), false)
    await enable(boss, person)
    for (const browser of browsers) assert.equal(await isSignedIn(scene.app, browser), false)
  })

  test('it stands in the trail of the person it happened to, once', async () => {
    const person = await newPerson()
    const boss = await owner()
    for (const act of [disable, disable, enable, enable]) await act(boss, person)
    const browser = await signIn(scene.app, person)
    const trail = (await activityOf(browser)).map((act) => act.event)
    assert.deepEqual(trail.slice(0, 3), ['user:logged_in', 'user:enabled', 'user:disabled'])
    assert.equal(trail.filter((event) => event === 'user:disabled').length, 1)
    const written = await announcedBy(boss.browser, () => disable(boss, person))
    assert.deepEqual(written, [], 'it is not about the one who did it')
  })

  test('members and viewers can neither invite nor disable nor enable anybody', async () => {
    const target = await newPerson()
    for (const role of ['member', 'viewer'] as const) {
      const person = await newPerson(role)
      const { browser } = person
      const invited = await browser.do('people.invite', { email: 'x@example.com', role: 'viewer' })
      assertRefused(invited, 403, 'auth.not_allowed')
      assertRefused(await disable(person, target), 403, 'auth.not_allowed')
      assertRefused(await disable(person, person), 403, 'auth.not_allowed')
      assertRefused(await enable(person, target), 403, 'auth.not_allowed')
    }
    assert.equal(await isSignedIn(scene.app, target.browser), true)
  })

  test('an admin manages everybody but owners, and makes no owner', async () => {
    const [admin, other, member] = [
      await newPerson('admin'),
      await newPerson('admin'),
      await newPerson(),
    ]
    assertRefused(await disable(admin, scene.owner), 403, 'people.above_you')
    assertRefused(await enable(admin, scene.owner), 403, 'people.above_you')
    const invite = (role: string) =>
      admin.browser.do('people.invite', { email: `by-admin-${role}@example.com`, role })
    assertRefused(await invite('owner'), 403, 'people.above_you')
    for (const role of ['admin', 'member', 'viewer']) assert.equal((await invite(role)).status, 200)
    assert.equal((await disable(admin, member)).status, 200)
    assert.equal((await disable(admin, other)).status, 200)
    assert.equal((await start(scene.owner)).status, 200)
  })

  test('a role nobody offers cannot be given', async () => {
    const { browser } = await owner()
    for (const role of ['root', 'Owner', '', null, ['admin'], 'owner '])
      assertRefused(
        await browser.do('people.invite', { email: 'x@example.com', role }),
        400,
        'http.invalid_input',
      )
  })

  test('the last owner can be disabled by nobody, not even by themselves', async () => {
    const boss = await owner()
    assertRefused(await disable(boss, scene.owner), 409, 'people.last_owner')
    const second = await newPerson('owner')
    assert.equal((await disable(boss, second)).status, 200)
    assertRefused(await disable(boss, scene.owner), 409, 'people.last_owner')
    assert.equal((await start(scene.owner)).status, 200, 'a disabled owner does not count')
  })

  test('of two owners who disable each other at once one remains', async () => {
    for (let round = 0; round < 3; round += 1) {
      const second = await newPerson('owner')
      const boss = await owner()
      const answers = await Promise.all([disable(boss, second), disable(second, scene.owner)])
      assert.equal(countStatuses(answers)[200], 1, answers.map((one) => one.text).join())
      const secondWon = answers[1]?.status === 200
      const survivor = secondWon ? second : boss
      assert.equal((await start(survivor)).status, 200)
      if (!secondWon) continue
      assert.equal((await enable(second, scene.owner)).status, 200)
      const again = await owner()
      assert.equal((await disable(again, second)).status, 200)
    }
  })

  test('the sole remaining owner stays even when ten try at once', async () => {
    const second = await newPerson('owner')
    const boss = await owner()
    const answers = await Promise.all([
      ...times(5, () => disable(boss, second)),
      ...times(5, () => disable(boss, scene.owner)),
    ])
    for (const { status } of answers) assert.ok([200, 401, 409].includes(status), `${status}`)
    const signs = [await start(scene.owner), await start(second)]
    assert.equal(signs.filter((answer) => answer.status === 200).length, 1)
    if (signs[1]?.status === 200) {
      const browser = await signIn(scene.app, second)
      assert.equal((await enable({ ...second, browser }, scene.owner)).status, 200)
      await disable(await owner(), second)
    }
  })

  test('somebody who is not here is not found', async () => {
    const boss = await owner()
    for (const userId of [
      'usr_00000000000000000000000000',
      'x',
      scene.owner.userId.toUpperCase(),
    ]) {
      assertRefused(await disable(boss, { userId }), 404, 'people.not_found')
      assertRefused(await enable(boss, { userId }), 404, 'people.not_found')
    }
  })

  test('all of it asks for a fresh proof that it is you (A56)', async () => {
    const person = await newPerson()
    const boss = await owner()
    scene.app.clock.advance(minutes(10))
    for (const refused of [
      await disable(boss, person),
      await enable(boss, person),
      await boss.browser.do('people.invite', { email: 'late@example.com', role: 'member' }),
    ])
      assertRefused(refused, 403, 'auth.confirm_again')
    assert.equal(await isSignedIn(scene.app, person.browser), true)
  })

  test('an invitation says who invites, to what and for how long, and is sent to one address', async () => {
    const boss = await owner()
    const before = (await scene.app.mails()).length
    const done = await boss.browser.do('people.invite', {
      email: ' New.One@Example.COM ',
      role: 'member',
    })
    const left = Date.parse(done.body.expiresAt) - scene.app.clock.now()
    assert.ok(Math.abs(left - 7 * 86_400_000) < 10_000)
    const [mail, ...rest] = (await scene.app.mails()).slice(before)
    assert.equal(rest.length, 0)
    assert.deepEqual([mail?.to, mail?.subject], ['new.one@example.com', 'You are invited to Acme'])
    assert.ok(
      mail?.text.includes('To join Acme, where Ada invites you') && mail.text.includes('7 days'),
    )
    assert.ok(!done.text.includes(tokenIn(mail)), 'who invites never sees the link')
    assert.deepEqual((await activityOf(boss.browser))[0]?.data, { role: 'member' })
  })
})
