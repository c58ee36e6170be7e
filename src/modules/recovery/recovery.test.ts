import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, systemActor } from '#platform/context.ts'
import {
  addPasskey,
  finishWith,
  freshCode,
  newcomer,
  newcomerWithApp,
  signInWithPasskey,
  startPending,
} from '#test/harness/factors.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  assertRefused,
  countStatuses,
  fromElsewhere,
  hours,
  isSignedIn,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import { mailDueRecoveries } from './jobs.ts'

const fresh = 'granite-lantern-47-orchard'

onEachEngine('a recovery an operator starts', (scene) => {
  const operator = () => signIn(scene.app, scene.owner)
  const start = async (person: Pick<Person, 'userId'>, browser?: Person['browser']) =>
    (browser ?? (await operator())).do('recovery.start', { userId: person.userId })
  const mailDue = () =>
    mailDueRecoveries(createContext(scene.app.app.services, systemActor('recovery.mail-due')))
  const mailTo = async (email: string, path: RegExp) =>
    (await scene.app.mails()).findLast((mail) => mail.to === email && path.test(mail.link))
  const stopLink = async ({ email }: Person) => tokenIn(await mailTo(email, /\/stop-recovery#/))
  const finishLink = async ({ email }: Person) => tokenIn(await mailTo(email, /\/recover#/))
  const finish = (token: string, newPassword = fresh) =>
    scene.app.newBrowser().do('recovery.finish', { token, newPassword }, fromElsewhere())
  const stopByLink = (token: string) =>
    scene.app.newBrowser().do('recovery.stop-by-link', { token }, fromElsewhere())
  /** Started, the day is over, the link is in the mailbox. */
  const ready = async (person: Person): Promise<string> => {
    assert.equal((await start(person)).status, 200)
    scene.app.clock.advance(hours(24))
    await mailDue()
    return finishLink(person)
  }

  test('the person is told at once, and nothing works for a day', async () => {
    const ada = await newcomer(scene)
    const started = await start(ada)
    assert.equal(started.status, 200, started.text)
    const { startedAt, readyAt } = started.body
    assert.equal(Date.parse(readyAt) - Date.parse(startedAt), hours(24))
    const mail = await mailTo(ada.email, /\/stop-recovery#/)
    assert.equal(mail?.subject, 'Your account is being recovered')
    assert.deepEqual((await ada.browser.do('recovery.read')).body.recovery, started.body)
    const acts = await activityOf(ada.browser)
    assert.equal(acts[0]?.event, 'user.recovery:started')
    scene.app.clock.advance(hours(24) - 5000)
    await mailDue()
    assert.equal(await finishLink(ada), '')
    scene.app.clock.advance(5000)
    await mailDue()
    const token = await finishLink(ada)
    assert.notEqual(token, '')
    await mailDue()
    assert.equal(await finishLink(ada), token, 'mailed once')
    assert.equal((await start(ada)).status, 409)
    assert.equal((await stopByLink(await stopLink(ada))).status, 200)
  })

  test('it ends in a password of the person’s own, without the factors and sessions of before', async () => {
    const ada = await newcomerWithApp(scene)
    const key = await addPasskey(scene.app, ada.browser)
    const pending = await startPending(scene.app, ada)
    const token = await ready(ada)
    const weak = await finish(token, 'password1')
    assertRefused(weak, 422, 'password.too_weak')
    const done = await finish(token)
    assert.equal(done.status, 200, done.text)
    assert.equal(done.headers['set-cookie'], undefined, 'nobody is signed in by it')
    assert.equal(await isSignedIn(scene.app, ada.browser), false)
    const gone = await signInWithPasskey(scene.app.newBrowser(), key)
    assertRefused(gone, 401, 'passkeys.unknown')
    const code = freshCode(scene.app, ada.phone)
    assertRefused(await finishWith(pending, 'totp', code), 401, 'sign-in.nothing_pending')
    const old = { email: ada.email, password: ada.password }
    assertRefused(
      await scene.app.newBrowser().do('sign-in.start', old, fromElsewhere()),
      401,
      'sign-in.failed',
    )
    const browser = await signIn(scene.app, { ...ada, password: fresh })
    const state = (await browser.do('two-factor.read')).body
    assert.deepEqual(state, { isOn: false, authenticators: [], recoveryCodes: null })
    assert.deepEqual((await browser.do('passkeys.list')).body.passkeys, [])
    const events = (await activityOf(browser)).map((act) => act.event)
    for (const event of ['user.recovery:finished', 'user.2fa:disabled', 'user.password:changed'])
      assert.ok(events.includes(event), event)
    assertRefused(await finish(token), 410, 'recovery.link_invalid')
    assertRefused(await stopByLink(await stopLink(ada)), 410, 'recovery.link_invalid')
    assert.deepEqual((await browser.do('recovery.read')).body, { recovery: null })
  })

  test('the person stops it, by the page or by the link; an operator takes it back', async () => {
    const ada = await newcomer(scene)
    const methods = {
      person: async () => (await signIn(scene.app, ada)).do('recovery.stop'),
      link: async () => stopByLink(await stopLink(ada)),
      operator: async () => (await operator()).do('recovery.cancel', { userId: ada.userId }),
    }
    for (const [by, stop] of Object.entries(methods)) {
      const token = await ready(ada)
      const stopToken = await stopLink(ada)
      assert.equal((await stop()).status, 200, by)
      assertRefused(await finish(token), 410, 'recovery.link_invalid')
      assertRefused(await stopByLink(stopToken), 410, 'recovery.link_invalid')
      const browser = await signIn(scene.app, ada)
      const [, stopped] = await activityOf(browser)
      assert.deepEqual([stopped?.event, stopped?.data], ['user.recovery:stopped', { by }])
      assertRefused(await browser.do('recovery.stop'), 404, 'recovery.none')
    }
    const again = await (await operator()).do('recovery.cancel', { userId: ada.userId })
    assertRefused(again, 404, 'recovery.none')
  })

  test('those who manage people see that one is under way, and nobody else does', async () => {
    const ada = await newcomer(scene)
    const rowFor = async (browser: Person['browser']) =>
      (await browser.do('people.list', { limit: 100 })).body.people.find(
        (one: { userId: string }) => one.userId === ada.userId,
      )
    const owner = await operator()
    assert.equal((await rowFor(owner)).recovery, null)
    const { body } = await start(ada)
    assert.deepEqual((await rowFor(owner)).recovery, body)
    assert.equal((await rowFor(ada.browser)).recovery, null)
    await ada.browser.do('recovery.stop')
    assert.equal((await rowFor(owner)).recovery, null)
  })

  test('stopped before the day was over, no link is ever sent', async () => {
    const ada = await newcomer(scene)
    await start(ada)
    await ada.browser.do('recovery.stop')
    scene.app.clock.advance(hours(25))
    await mailDue()
    assert.equal(await finishLink(ada), '')
  })

  test('its link is good for a day, and dies with a link that is not for it', async () => {
    const ada = await newcomer(scene)
    const token = await ready(ada)
    assertRefused(await finish('x'.repeat(43)), 410, 'recovery.link_invalid')
    scene.app.clock.advance(hours(24))
    assertRefused(await finish(token), 410, 'recovery.link_invalid')
    assert.equal((await start(ada)).status, 409, 'still open until somebody ends it')
    await (await operator()).do('recovery.cancel', { userId: ada.userId })
    assert.equal((await start(ada)).status, 200)
  })

  test('a link nobody used in time ends it, and another one can be started', async () => {
    const ada = await newcomer(scene)
    await ready(ada)
    assert.equal((await start(ada)).status, 409)
    scene.app.clock.advance(hours(24) + 1000)
    await mailDue()
    const again = await start(ada)
    assert.equal(again.status, 200, again.text)
    assert.equal((await stopByLink(await stopLink(ada))).status, 200)
  })

  test('two operators at once start one, and of twenty who finish it one does', async () => {
    const ada = await newcomer(scene)
    const browsers = await Promise.all([operator(), operator()])
    const started = await Promise.all(
      times(6, (index) => start(ada, browsers[index % 2] as Person['browser'])),
    )
    assert.deepEqual(countStatuses(started), { 200: 1, 409: 5 })
    scene.app.clock.advance(hours(24))
    await Promise.all(times(4, () => mailDue()))
    const links = (await scene.app.mails()).filter(
      (mail) => mail.to === ada.email && /\/recover#/.test(mail.link),
    )
    assert.equal(links.length, 1)
    const token = await finishLink(ada)
    const finished = await Promise.all(times(20, () => finish(token)))
    assert.deepEqual(countStatuses(finished), { 200: 1, 410: 19 })
  })

  test('stopped and finished at once, it is one of the two', async () => {
    const ada = await newcomer(scene)
    for (let round = 0; round < 3; round += 1) {
      const token = await ready(ada)
      const stop = await stopLink(ada)
      const answers = await Promise.all([finish(token, `${fresh}-${round}`), stopByLink(stop)])
      assert.deepEqual(countStatuses(answers), { 200: 1, 410: 1 })
    }
  })

  test('a member cannot start one, an admin not an owner’s, nobody a stranger’s', async () => {
    const [ada, admin] = [await newcomer(scene), await newcomer(scene, 'admin')]
    assertRefused(await start(admin, ada.browser), 403, 'auth.not_allowed')
    assertRefused(await start(scene.owner, admin.browser), 403, 'people.above_you')
    const cancelled = await admin.browser.do('recovery.cancel', { userId: scene.owner.userId })
    assertRefused(cancelled, 403, 'people.above_you')
    assertRefused(await start({ userId: 'usr_nobody' }, admin.browser), 404, 'people.not_found')
    assert.equal((await start(ada, admin.browser)).status, 200)
    scene.app.clock.advance(minutes(10))
    const stale = await admin.browser.do('recovery.cancel', { userId: ada.userId })
    assertRefused(stale, 403, 'auth.confirm_again')
    const visitor = await scene.app.newBrowser().do('recovery.start', { userId: ada.userId })
    assertRefused(visitor, 401, 'auth.sign_in_required')
  })

  test('its links open nothing else, and no other link opens it (A39, A46)', async () => {
    const ada = await newcomerWithApp(scene)
    const token = await ready(ada)
    const stop = await stopLink(ada)
    const anyone = scene.app.newBrowser()
    await anyone.do('password.request-reset', { email: ada.email }, fromElsewhere())
    const reset = tokenIn(await mailTo(ada.email, /\/reset-password#/))
    const pending = (await startPending(scene.app, ada)).cookies.get('latchkey-pending') ?? ''
    const session = ada.browser.cookies.get('latchkey') ?? ''
    const places: Readonly<Record<string, (given: string) => object>> = {
      'recovery.finish': (given) => ({ token: given, newPassword: fresh }),
      'recovery.stop-by-link': (given) => ({ token: given }),
      'password.reset': (given) => ({ token: given, newPassword: fresh }),
      'sign-in.lift-lock': (given) => ({ token: given }),
      'sign-in.join': (given) => ({ token: given, name: 'Eve', password: fresh }),
    }
    const own: Readonly<Record<string, string>> = {
      [token]: 'recovery.finish',
      [stop]: 'recovery.stop-by-link',
      [reset]: 'password.reset',
      [pending]: 'nowhere',
      [session]: 'nowhere',
    }
    for (const [given, home] of Object.entries(own))
      for (const [place, input] of Object.entries(places)) {
        if (place === home) continue
        const answer = await scene.app.newBrowser().do(place, { ...input(given) }, fromElsewhere())
        assert.equal(answer.status, 410, `${home} at ${place}: ${answer.text}`)
      }
    // A recovery and a mailed reset at once: the reset still asks for the factor.
    const withReset = { token: reset, newPassword: fresh }
    assertRefused(await anyone.do('password.reset', withReset), 403, 'password.factor_needed')
    assert.equal((await finish(token)).status, 200)
    assertRefused(await anyone.do('password.reset', withReset), 410, 'password.link_invalid')
  })

  test('a disabled account is not recovered by its link', async () => {
    const ada = await newcomer(scene)
    const token = await ready(ada)
    await (await operator()).do('people.disable', { userId: ada.userId })
    assertRefused(await finish(token), 410, 'recovery.link_invalid')
  })
})
