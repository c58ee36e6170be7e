import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenIn } from '#test/harness/mails.ts'
import { passwordOf, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  assertRefused,
  countStatuses,
  days,
  fromElsewhere,
  isSignedIn,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'

const password = passwordOf('basalt')

onEachEngine('joining by invitation', (scene) => {
  const invite = async (email: string, role = 'member'): Promise<string> => {
    const browser = await signIn(scene.app, scene.owner)
    const sent = await browser.do('people.invite', { email, role })
    assert.equal(sent.status, 200, sent.text)
    return tokenIn((await scene.app.mails()).at(-1))
  }
  const join = (token: string, input: object = {}, browser = scene.app.newBrowser()) =>
    browser.do('sign-in.join', { token, name: 'Ben', password, ...input }, fromElsewhere())

  test('who follows the link chooses a name and a password, and is in with the invited role', async () => {
    const token = await invite('Ben@Example.com', 'viewer')
    const browser = scene.app.newBrowser()
    const done = await join(token, { name: '  Ben Ode  ' }, browser)
    assert.equal(done.status, 200, done.text)
    assert.equal(done.body.next, 'done')
    const { body } = await browser.do('account.me')
    assert.deepEqual([body.name, body.email, body.role], ['Ben Ode', 'ben@example.com', 'viewer'])
    const trail = await activityOf(browser)
    assert.deepEqual(
      trail.map((act) => act.event),
      ['user:logged_in', 'user:joined'],
    )
    assert.deepEqual(trail[1]?.data, { role: 'viewer', how: 'invitation' })
    assert.equal((await signIn(scene.app, { email: 'ben@example.com', password })).cookies.size, 2)
  })

  test('the link works once', async () => {
    const token = await invite('once@example.com')
    assert.equal((await join(token)).status, 200)
    assertRefused(await join(token, { name: 'Eve' }), 410, 'sign-in.link_invalid')
  })

  test('of ten people following it at once exactly one joins', async () => {
    const token = await invite('race@example.com')
    const answers = await Promise.all(times(10, (index) => join(token, { name: `Ben ${index}` })))
    assert.deepEqual(countStatuses(answers), { 200: 1, 410: 9 })
    const { body } = await (await signIn(scene.app, scene.owner)).do('people.list')
    const joined = body.people.filter((one: { email: string }) => one.email === 'race@example.com')
    assert.equal(joined.length, 1)
  })

  test('of two links for one address only one makes an account, also at once', async () => {
    const [first, second] = [await invite('two@example.com'), await invite('two@example.com')]
    const answers = await Promise.all([join(first), join(second)])
    assert.deepEqual(countStatuses(answers), { 200: 1, 410: 1 })
    for (const token of [first, second])
      assertRefused(await join(token), 410, 'sign-in.link_invalid')
  })

  test('a link to an address that joined meanwhile is no good', async () => {
    const [early, late] = [await invite('early@example.com'), await invite('early@example.com')]
    assert.equal((await join(late)).status, 200)
    assertRefused(await join(early), 410, 'sign-in.link_invalid')
  })

  test('it is good for seven days', async () => {
    const [kept, missed] = [await invite('kept@example.com'), await invite('missed@example.com')]
    scene.app.clock.advance(days(7) - 20_000)
    assert.equal((await join(kept)).status, 200)
    scene.app.clock.advance(21_000)
    assertRefused(await join(missed), 410, 'sign-in.link_invalid')
  })

  test('a weak password is refused and the link stays good', async () => {
    const token = await invite('weak@example.com')
    assertRefused(await join(token, { password: 'weak@example' }), 422, 'password.too_weak')
    assertRefused(await join(token, { name: ' ' }), 400, 'http.invalid_input')
    assertRefused(await join(token, { name: 'Ben\u0007' }), 400, 'http.invalid_input')
    assert.equal((await join(token)).status, 200)
  })

  test('nobody can choose their own role, address or organisation', async () => {
    const token = await invite('role@example.com', 'viewer')
    for (const extra of [
      { role: 'owner' },
      { email: 'x@example.com' },
      { organisationId: 'org_1' },
    ])
      assertRefused(await join(token, extra), 400, 'http.invalid_input')
  })

  test('a guessed link is answered like a used one', async () => {
    for (const token of ['x'.repeat(43), `${await invite('guess@example.com')}x`])
      assertRefused(await join(token), 410, 'sign-in.link_invalid')
    assertRefused(await join('short'), 400, 'http.invalid_input')
  })

  test('until somebody joins there is no account: nobody can sign in or ask for a link (A68)', async () => {
    await invite('victim@example.com')
    const before = (await scene.app.mails()).length
    const browser = scene.app.newBrowser()
    const email = 'victim@example.com'
    assertRefused(
      await browser.do('sign-in.start', { email, password }, fromElsewhere()),
      401,
      'sign-in.failed',
    )
    assert.equal((await browser.do('password.request-reset', { email })).status, 200)
    assert.equal((await scene.app.mails()).length, before)
  })

  test('joining in a browser where somebody is signed in signs that person out', async () => {
    const token = await invite('shared@example.com')
    const browser = await signIn(scene.app, scene.owner)
    const before = scene.app.newBrowser()
    for (const [name, value] of browser.cookies) before.cookies.set(name, value)
    assert.equal((await join(token, {}, browser)).status, 200)
    assert.equal((await browser.do('account.me')).body.email, 'shared@example.com')
    assert.equal(await isSignedIn(scene.app, before), false)
  })

  test('names cannot forge mail: no header, no markup, no template (A86)', async () => {
    const hostile = '<b>{{link}}</b> $t(people:invitation.subject) "><script>x</script>'
    const browser = await signIn(scene.app, scene.owner)
    const named = await browser.do('account.update-profile', { name: hostile })
    assert.equal(named.status, 200, named.text)
    const token = await invite('mail@example.com')
    const mail = (await scene.app.mails()).at(-1)
    assert.equal(mail?.subject, 'You are invited to Acme')
    assert.ok(mail?.text.includes(hostile), 'the name stands there as it is')
    assert.ok(!mail?.html.includes('<script>') && !mail?.html.includes('<b>'))
    const places = [mail?.text, mail?.html].map((part) => (part ?? '').split(token).length - 1)
    assert.deepEqual(places, [1, 2], 'the link stands only where it belongs')
    await browser.do('account.update-profile', { name: 'Ada' })
  })
})
