import assert from 'node:assert/strict'
import { test } from 'node:test'
import { URI } from 'otpauth'
import {
  addApp,
  codeAt,
  finishWith,
  freshCode,
  fromBase32,
  newcomer,
  newcomerWithApp,
  startPending,
  wrongCode,
} from '#test/harness/factors.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import {
  announcedBy,
  assertRefused,
  confirm,
  countStatuses,
  faultsIn,
  isSignedIn,
  minutes,
  onEachEngine,
  opens,
  sessionValue,
  times,
} from '#test/harness/scene.ts'

onEachEngine('adding an authenticator app', (scene) => {
  const begin = async ({ browser }: Pick<Person, 'browser'>) => {
    const { status, body, text } = await browser.do('two-factor.begin')
    assert.equal(status, 200, text)
    return body
  }
  const read = async ({ browser }: Pick<Person, 'browser'>) =>
    (await browser.do('two-factor.read')).body
  const codeNow = (secret: string) => codeAt(secret, scene.app.clock.now())
  const finish = (
    { browser }: Pick<Person, 'browser'>,
    setup: { setupId: string; secret: string },
    input: object = {},
  ) =>
    browser.do('two-factor.confirm', {
      setupId: setup.setupId,
      code: codeNow(setup.secret),
      name: 'Phone',
      ...input,
    })

  test('what is scanned and what is typed are the same, and say whose they are', async () => {
    const ada = await newcomer(scene)
    const setup = await begin(ada)
    const uri = URI.parse(setup.uri)
    assert.ok('period' in uri)
    assert.deepEqual(
      [uri.secret.base32, uri.issuer, uri.label, uri.algorithm, uri.digits, uri.period],
      [setup.secret, 'Acme', ada.email, 'SHA1', 6, 30],
    )
    assert.deepEqual(
      [setup.issuer, setup.account, setup.algorithm, setup.digits, setup.periodSeconds],
      ['Acme', ada.email, 'SHA1', 6, 30],
    )
    assert.equal(fromBase32(setup.secret).length, 20)
  })

  test('one that was never confirmed changes nothing (A34)', async () => {
    const ada = await newcomer(scene)
    const written = await announcedBy(ada.browser, () => begin(ada))
    assert.deepEqual(written, [])
    assert.deepEqual(await read(ada), { isOn: false, authenticators: [], recoveryCodes: null })
    const again = await signIn(scene.app, ada)
    assert.equal((await again.do('account.me')).status, 200, 'no second step was asked for')
    assert.deepEqual((await again.do('sign-in.confirmation-methods')).body.methods, ['password'])
  })

  test('starting twice makes the first secret worthless (A34)', async () => {
    const ada = await newcomer(scene)
    const first = await begin(ada)
    const second = await begin(ada)
    assert.notEqual(first.secret, second.secret)
    assertRefused(await finish(ada, first), 404, 'two-factor.not_found')
    const mixed = { setupId: second.setupId, secret: first.secret }
    assertRefused(await finish(ada, mixed), 422, 'two-factor.code_wrong')
    assert.equal((await finish(ada, second)).status, 200)
  })

  test('it has ten minutes to be confirmed, and a wrong code does not end it', async () => {
    const ada = await newcomer(scene)
    const setup = await begin(ada)
    const wrong = await finish(ada, setup, { code: wrongCode(scene.app, setup) })
    assertRefused(wrong, 422, 'two-factor.code_wrong')
    assert.deepEqual(faultsIn(wrong), ['/code code_wrong'])
    for (const code of ['', '12345', '1234567', 'abcdef', [codeNow(setup.secret)], 123456])
      assertRefused(await finish(ada, setup, { code }), 400, 'http.invalid_input')
    assert.equal((await read(ada)).isOn, false)
    scene.app.clock.advance(minutes(10) + 1000)
    await confirm(ada)
    assertRefused(await finish(ada, setup), 404, 'two-factor.not_found')
    const late = await begin(ada)
    scene.app.clock.advance(minutes(9))
    const code = codeNow(late.secret)
    const done = await finish(ada, late, { code: `${code.slice(0, 3)} ${code.slice(3)}` })
    assert.equal(done.status, 200, 'with the blank an app shows in the middle')
  })

  test('somebody else’s setup is nobody’s, and a stranger reaches none of it', async () => {
    const [ada, eve] = [await newcomer(scene), await newcomer(scene)]
    const setup = await begin(ada)
    assertRefused(await finish(eve, setup), 404, 'two-factor.not_found')
    const visitor = scene.app.newBrowser()
    assertRefused(await visitor.do('two-factor.begin'), 401, 'auth.sign_in_required')
    assertRefused(await visitor.do('two-factor.read'), 401, 'auth.sign_in_required')
  })

  test('switching it on ends the other sessions, changes this one’s value, and is told', async () => {
    const ada = await newcomer(scene)
    const other = await signIn(scene.app, ada)
    const before = sessionValue(ada.browser)
    const mailed = (await scene.app.mails()).length
    const written = await announcedBy(ada.browser, () => addApp(scene.app, ada.browser))
    assert.deepEqual([...written].sort(), [
      'user.2fa:authenticator_added success',
      'user.2fa:enabled success',
      'user.2fa:recovery_codes_issued success',
    ])
    assert.equal(await isSignedIn(scene.app, other), false)
    assert.equal(await isSignedIn(scene.app, ada.browser), true)
    assert.equal(await opens(scene.app, before), false)
    const mails = (await scene.app.mails()).slice(mailed)
    assert.ok(mails.every((mail) => mail.to === ada.email))
    assert.deepEqual(mails.map((mail) => mail.subject).sort(), [
      'An authenticator app was added',
      'Two-factor authentication is on',
      'You have new recovery codes',
    ])
  })

  test('of twenty who finish one setup at once exactly one does', async () => {
    const ada = await newcomer(scene)
    const setup = await begin(ada)
    const answers = await Promise.all(times(20, () => finish(ada, setup)))
    assert.equal(countStatuses(answers)[200], 1)
    assert.equal((await read(ada)).authenticators.length, 1)
  })

  test('the code that confirmed it does not sign in as well (RFC 6238 §5.2)', async () => {
    const ada = await newcomer(scene)
    const setup = await begin(ada)
    const code = codeNow(setup.secret)
    assert.equal((await finish(ada, setup, { code })).status, 200)
    const browser = await startPending(scene.app, ada)
    assertRefused(await finishWith(browser, 'totp', code), 401, 'sign-in.second_step_failed')
    const next = freshCode(scene.app, setup)
    assert.equal((await finishWith(browser, 'totp', next)).status, 200)
  })
})

onEachEngine('several authenticator apps', (scene) => {
  const namesOf = async ({ browser }: Pick<Person, 'browser'>) =>
    (await browser.do('two-factor.read')).body.authenticators.map(
      (app: { name: string }) => app.name,
    )

  test('each works, they can be renamed, sorted, replaced and removed, and it is all told', async () => {
    const ada = await newcomerWithApp(scene)
    const { app } = scene
    const tablet = await addApp(app, ada.browser, { name: 'Tablet' })
    assert.equal(tablet.codes, null, 'recovery codes come once')
    for (const one of [tablet, ada.phone]) {
      const browser = await startPending(app, ada)
      assert.equal((await finishWith(browser, 'totp', freshCode(app, one))).status, 200, one.name)
    }
    const renamed = await ada.browser.do('two-factor.rename', {
      authenticatorId: ada.phone.id,
      name: 'Old phone',
    })
    assert.equal(renamed.body.name, 'Old phone')
    const sorted = await ada.browser.do('two-factor.reorder', {
      authenticatorIds: [tablet.id, ada.phone.id],
    })
    assert.equal(sorted.status, 200, sorted.text)
    assert.deepEqual(await namesOf(ada), ['Tablet', 'Old phone'])
    let watch = tablet
    const written = await announcedBy(ada.browser, async () => {
      watch = await addApp(app, ada.browser, { name: 'Watch', replaces: tablet.id })
    })
    assert.deepEqual([...written].sort(), [
      'user.2fa:authenticator_added success',
      'user.2fa:authenticator_removed success',
    ])
    assert.deepEqual(await namesOf(ada), ['Watch', 'Old phone'], 'in the place of the old one')
    const browser = await startPending(app, ada)
    assert.equal((await finishWith(browser, 'totp', freshCode(app, tablet))).status, 401)
    assert.equal((await finishWith(browser, 'totp', freshCode(app, watch))).status, 200)
    const authenticatorId = watch.id
    assert.equal((await ada.browser.do('two-factor.remove', { authenticatorId })).status, 200)
    assertRefused(
      await ada.browser.do('two-factor.remove', { authenticatorId }),
      404,
      'two-factor.not_found',
    )
    assert.deepEqual(await namesOf(ada), ['Old phone'])
    assert.equal((await scene.app.mails()).at(-1)?.subject, 'An authenticator app was removed')
  })

  test('an order that is not about the apps there are is refused', async () => {
    const ada = await newcomerWithApp(scene)
    const eve = await newcomerWithApp(scene)
    const { id } = await addApp(scene.app, ada.browser, { name: 'Tablet' })
    const own = ada.phone.id
    for (const authenticatorIds of [[own], [own, own], [own, id, eve.phone.id], [own, 'otp_none']])
      assertRefused(
        await ada.browser.do('two-factor.reorder', { authenticatorIds }),
        409,
        'two-factor.order_stale',
      )
    assert.deepEqual(await namesOf(ada), ['Phone', 'Tablet'])
    for (const [name, input] of [
      ['two-factor.rename', { authenticatorId: eve.phone.id, name: 'Mine' }],
      ['two-factor.remove', { authenticatorId: eve.phone.id }],
    ] as const)
      assertRefused(await ada.browser.do(name, input), 404, 'two-factor.not_found')
    const setup = (await ada.browser.do('two-factor.begin')).body
    const foreign = await ada.browser.do('two-factor.confirm', {
      setupId: setup.setupId,
      code: codeAt(setup.secret, scene.app.clock.now()),
      name: 'Watch',
      replaces: eve.phone.id,
    })
    assertRefused(foreign, 404, 'two-factor.not_found')
    assert.deepEqual(await namesOf(eve), ['Phone'])
  })

  test('without the last one it is off: codes are gone and the password is enough again', async () => {
    const ada = await newcomerWithApp(scene)
    const mailed = (await scene.app.mails()).length
    const written = await announcedBy(ada.browser, () =>
      ada.browser.do('two-factor.remove', { authenticatorId: ada.phone.id }),
    )
    assert.deepEqual([...written].sort(), [
      'user.2fa:authenticator_removed success',
      'user.2fa:disabled success',
    ])
    const subjects = (await scene.app.mails()).slice(mailed).map((mail) => mail.subject)
    assert.ok(subjects.includes('Two-factor authentication is off'), subjects.join())
    const now = (await ada.browser.do('two-factor.read')).body
    assert.deepEqual(now, { isOn: false, authenticators: [], recoveryCodes: null })
    const again = await signIn(scene.app, ada)
    assert.equal((await again.do('account.me')).status, 200)
    assertRefused(await again.do('two-factor.regenerate-codes'), 409, 'two-factor.no_codes')
  })

  test('switching it off removes all of them at once; when it is off, nothing happens', async () => {
    const ada = await newcomerWithApp(scene)
    await addApp(scene.app, ada.browser, { name: 'Tablet' })
    const written = await announcedBy(ada.browser, async () => {
      const { body } = await ada.browser.do('two-factor.disable')
      assert.deepEqual(body, { removed: 2 })
    })
    assert.deepEqual([...written].sort(), [
      'user.2fa:authenticator_removed success',
      'user.2fa:authenticator_removed success',
      'user.2fa:disabled success',
    ])
    const again = await announcedBy(ada.browser, async () => {
      assert.deepEqual((await ada.browser.do('two-factor.disable')).body, { removed: 0 })
    })
    assert.deepEqual(again, [])
  })

  test('ten are enough', async () => {
    const ada = await newcomerWithApp(scene)
    for (let more = 1; more < 10; more += 1)
      await addApp(scene.app, ada.browser, { name: `${more}` })
    const setup = (await ada.browser.do('two-factor.begin')).body
    const eleventh = {
      setupId: setup.setupId,
      code: codeAt(setup.secret, scene.app.clock.now()),
      name: 'Eleventh',
    }
    assertRefused(await ada.browser.do('two-factor.confirm', eleventh), 409, 'two-factor.too_many')
    const replaced = { ...eleventh, replaces: ada.phone.id }
    assert.equal((await ada.browser.do('two-factor.confirm', replaced)).status, 200)
    assert.equal((await namesOf(ada)).length, 10)
  })
})
