import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '#test/harness/client.ts'
import {
  codeAt,
  finishWith,
  freshCode,
  type Guarded,
  newcomerWithApp,
  startPending,
  wrongCode,
} from '#test/harness/factors.ts'
import { tokenIn } from '#test/harness/mails.ts'
import {
  announcedBy,
  assertRefused,
  countStatuses,
  fromElsewhere,
  minutes,
  onEachEngine,
  opens,
  sessionValue,
  times,
} from '#test/harness/scene.ts'

const pendingCookie = 'latchkey-pending'

onEachEngine('the second step of signing in', (scene) => {
  let ada: Guarded
  const someone = async (): Promise<Guarded> => {
    ada ??= await newcomerWithApp(scene)
    // No wait of the story before reaches into this one.
    scene.app.clock.advance(minutes(16))
    return ada
  }
  const codeNow = (person: Guarded) => codeAt(person.phone.secret, scene.app.clock.now())

  test('the password alone opens nothing: it says which ways there are, strongest first', async () => {
    const person = await someone()
    const browser = scene.app.newBrowser()
    const { email, password } = person
    const first = await browser.do('sign-in.start', { email, password }, fromElsewhere())
    assert.deepEqual(first.body, { next: 'second-factor', methods: ['totp', 'recovery-code'] })
    assert.equal(sessionValue(browser), '')
    const line = [first.headers['set-cookie'] ?? []]
      .flat()
      .find((one) => one.startsWith(pendingCookie))
    assert.match(
      line ?? '',
      /^latchkey-pending=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const waiting = await browser.do('sign-in.pending')
    assert.deepEqual(waiting.body.methods, ['totp', 'recovery-code'])
    assert.equal(waiting.body.triesLeft, 5)
    const left = Date.parse(waiting.body.expiresAt) - scene.app.clock.now()
    assert.ok(left <= minutes(10) && left > minutes(9))
    const done = await finishWith(browser, 'totp', freshCode(scene.app, person.phone))
    assert.deepEqual(done.body, { next: 'done' })
    assert.equal(browser.cookies.has(pendingCookie), false, 'taken away with the session')
    const { credential } = (await browser.do('account.me')).body
    assert.equal((await browser.do('activity.list')).body.entries[0].data.method, 'password+totp')
    assert.ok(credential)
  })

  test('a half-finished sign-in opens nothing, at any address the product has (A24)', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    const pending = browser.cookies.get(pendingCookie) ?? ''
    assert.equal(await opens(scene.app, pending), false, 'nor is its value a session')
    for (const { operation, path, method, pathNames } of scene.app.app.runtime.registry.entries) {
      const place = path.replace(/\{\w+\}/g, 'some-id')
      const answer = await browser.send({
        method,
        path: place,
        headers: {
          ...browser.headers(method),
          ...fromElsewhere(),
          ...(method === 'GET' || method === 'DELETE'
            ? {}
            : { 'content-type': 'application/json' }),
        },
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
      })
      const cookies = [answer.headers['set-cookie'] ?? []].flat()
      assert.ok(
        cookies.every((line) => !line.startsWith('latchkey=') || /Max-Age=0/.test(line)),
        `${operation.name} handed out a session`,
      )
      if ('anyone' in operation.access) continue
      assert.equal(answer.status, 401, `${operation.name} ${pathNames.join()}: ${answer.text}`)
      assert.equal(answer.body.code, 'auth.sign_in_required')
    }
    const status = await browser.do('sign-in.status')
    assert.equal(status.body.signedIn, false)
  })

  test('nor is a session any use as a pending sign-in', async () => {
    const person = await someone()
    const thief = scene.app.newBrowser()
    thief.cookies.set(pendingCookie, sessionValue(person.browser))
    assertRefused(await thief.do('sign-in.pending'), 401, 'sign-in.nothing_pending')
  })

  test('what is empty, foreign or of another method does not move it on (A28)', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    const code = freshCode(scene.app, person.phone)
    for (const input of [
      {},
      { method: 'totp' },
      { proof: code },
      { method: 'totp', proof: '' },
      { method: 'totp', proof: [] },
      { method: 'totp', proof: [code] },
      { method: 'totp', proof: Number(code) },
      { method: 'totp', proof: code, userId: person.userId },
      { method: '', proof: code },
    ])
      assertRefused(
        await browser.do('sign-in.finish', input, fromElsewhere()),
        400,
        'http.invalid_input',
      )
    for (const method of ['passkey', 'password', 'TOTP', 'sms', '__proto__', 'constructor'])
      for (const proof of [code, person.password])
        assertRefused(await finishWith(browser, method, proof), 401, 'sign-in.second_step_failed')
    assert.equal((await browser.do('sign-in.pending')).body.triesLeft, 5, 'nothing was checked')
    assertRefused(
      await browser.do('sign-in.second-challenge', { method: 'totp' }),
      401,
      'sign-in.nothing_pending',
    )
    assertRefused(
      await finishWith(scene.app.newBrowser(), 'totp', code),
      401,
      'sign-in.nothing_pending',
    )
    assert.equal((await finishWith(browser, 'totp', code)).status, 200)
  })

  test('five tries, then it has to be started again', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    const wrong = wrongCode(scene.app, person.phone)
    const written = await announcedBy(person.browser, async () => {
      for (let left = 4; left >= 0; left -= 1) {
        assertRefused(await finishWith(browser, 'totp', wrong), 401, 'sign-in.second_step_failed')
        assert.equal((await browser.do('sign-in.pending')).body.triesLeft, left)
      }
    })
    assert.deepEqual(written, Array(5).fill('user:login_failed failure'))
    const right = freshCode(scene.app, person.phone)
    assertRefused(await finishWith(browser, 'totp', right), 401, 'sign-in.nothing_pending')
    const again = await startPending(scene.app, person)
    assert.equal((await finishWith(again, 'totp', codeNow(person))).status, 200)
  })

  test('a code works once, also at the other end of the world (A31)', async () => {
    const person = await someone()
    const [here, there] = [
      await startPending(scene.app, person),
      await startPending(scene.app, person),
    ]
    const code = freshCode(scene.app, person.phone)
    assert.equal((await finishWith(here, 'totp', code)).status, 200)
    assertRefused(await finishWith(there, 'totp', code), 401, 'sign-in.second_step_failed')
  })

  test('the one before and the one after are good, those around are not, and none older than the last one', async () => {
    const person = await someone()
    // Into the middle of a step: the clock runs while this asks.
    scene.app.clock.advance(45_000 - (scene.app.clock.now() % 30_000))
    const at = (away: number) => codeAt(person.phone.secret, scene.app.clock.now() + away * 30_000)
    const browser = await startPending(scene.app, person)
    for (const away of [-2, 2])
      assertRefused(await finishWith(browser, 'totp', at(away)), 401, 'sign-in.second_step_failed')
    assert.equal((await finishWith(browser, 'totp', at(-1))).status, 200)
    scene.app.clock.advance(30_000)
    const again = await startPending(scene.app, person)
    assert.equal((await finishWith(again, 'totp', at(0))).status, 200)
    const third = await startPending(scene.app, person)
    assertRefused(await finishWith(third, 'totp', at(-1)), 401, 'sign-in.second_step_failed')
    assert.equal((await finishWith(third, 'totp', at(1))).status, 200, 'a phone that is ahead')
  })

  test('of twenty uses of one code at once over two pending sign-ins one succeeds (A32)', async () => {
    const person = await someone()
    const [here, there] = [
      await startPending(scene.app, person),
      await startPending(scene.app, person),
    ]
    const code = freshCode(scene.app, person.phone)
    const answers = await Promise.all(
      times(20, (index) => finishWith(index % 2 ? here : there, 'totp', code)),
    )
    assert.equal(countStatuses(answers)[200], 1, JSON.stringify(countStatuses(answers)))
    const sessions = answers.flatMap((answer) => [answer.headers['set-cookie'] ?? []].flat())
    assert.equal(sessions.filter((line) => line.startsWith('latchkey=')).length, 1)
  })

  test('one code for a sign-in and a confirmation at once is one success (A32)', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    const session = await startPending(scene.app, person)
    await finishWith(session, 'totp', freshCode(scene.app, person.phone))
    const proof = freshCode(scene.app, person.phone)
    const answers = await Promise.all([
      finishWith(browser, 'totp', proof),
      session.do('sign-in.confirm', { method: 'totp', proof }),
    ])
    assert.equal(countStatuses(answers)[200], 1)
  })

  test('the sign-in page learns that a step waits here, and from a strange cookie nothing', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    const waits = async (one: Browser) => (await one.do('sign-in.status')).body.pending
    assert.equal(await waits(browser), true)
    const visitor = scene.app.newBrowser()
    visitor.cookies.set(pendingCookie, 'x'.repeat(43))
    assert.equal(await waits(visitor), false)
    assert.equal(
      (await finishWith(browser, 'totp', freshCode(scene.app, person.phone))).status,
      200,
    )
    assert.equal(await waits(browser), false)
  })

  test('it is over after ten minutes', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    scene.app.clock.advance(minutes(10))
    const late = await finishWith(browser, 'totp', codeNow(person))
    assertRefused(late, 401, 'sign-in.nothing_pending')
    assertRefused(await browser.do('sign-in.pending'), 401, 'sign-in.nothing_pending')
  })

  test('it can be given up, twice too, and is then over for whoever copied it', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    const copy = scene.app.newBrowser()
    copy.cookies.set(pendingCookie, browser.cookies.get(pendingCookie) ?? '')
    for (const _ of [1, 2]) assert.equal((await browser.do('sign-in.cancel')).status, 200)
    assert.equal(browser.cookies.has(pendingCookie), false)
    const code = freshCode(scene.app, person.phone)
    assertRefused(await finishWith(copy, 'totp', code), 401, 'sign-in.nothing_pending')
  })

  test('a change of password ends it, a new one by link too', async () => {
    const person = await someone()
    const fresh = 'granite-lantern-47-orchard'
    const [first, second] = [
      await startPending(scene.app, person),
      await startPending(scene.app, person),
    ]
    const session = await startPending(scene.app, person)
    await finishWith(session, 'totp', freshCode(scene.app, person.phone))
    const changed = await session.do('password.change', {
      currentPassword: person.password,
      newPassword: fresh,
    })
    assert.equal(changed.status, 200, changed.text)
    const code = freshCode(scene.app, person.phone)
    assertRefused(await finishWith(first, 'totp', code), 401, 'sign-in.nothing_pending')
    const third = await startPending(scene.app, { ...person, password: fresh })
    await scene.app.newBrowser().do('password.request-reset', { email: person.email })
    const reset = await scene.app.newBrowser().do('password.reset', {
      token: tokenIn((await scene.app.mails()).at(-1)),
      newPassword: person.password,
      method: 'totp',
      proof: codeNow(person),
    })
    assert.equal(reset.status, 200, reset.text)
    for (const browser of [second, third])
      assertRefused(
        await finishWith(browser, 'totp', freshCode(scene.app, person.phone)),
        401,
        'sign-in.nothing_pending',
      )
    const after = await startPending(scene.app, person)
    assert.equal((await finishWith(after, 'totp', freshCode(scene.app, person.phone))).status, 200)
  })

  test('a disabled account has nothing pending', async () => {
    const person = await newcomerWithApp(scene)
    const browser = await startPending(scene.app, person)
    const operator = scene.app.newBrowser()
    const { email, password } = scene.owner
    await operator.do('sign-in.start', { email, password }, fromElsewhere())
    await operator.do('people.disable', { userId: person.userId })
    const code = freshCode(scene.app, person.phone)
    assertRefused(await finishWith(browser, 'totp', code), 401, 'sign-in.nothing_pending')
    await operator.do('people.enable', { userId: person.userId })
    const late = await finishWith(browser, 'totp', freshCode(scene.app, person.phone))
    assertRefused(late, 401, 'sign-in.nothing_pending')
  })
})

onEachEngine('guessing at the second step (A30)', (scene) => {
  test('tries are counted per account, over pending sign-ins and kinds of code, and the owner hears of it', async () => {
    const person = await newcomerWithApp(scene)
    const wrong = wrongCode(scene.app, person.phone)
    const answers = []
    for (let round = 0; round < 4; round += 1) {
      const browser = await startPending(scene.app, person)
      for (const [method, proof] of [
        ['totp', wrong],
        ['recovery-code', '1-aaaa-aaaa-aaaa-aaaa'],
        ['totp', wrong],
      ] as const)
        answers.push(await finishWith(browser, method, proof))
    }
    assert.deepEqual(countStatuses(answers), { 401: 10, 429: 2 })
    const [refused] = answers.slice(-1)
    assert.ok(Number(refused?.headers['retry-after']) > 0)
    const browser = await startPending(scene.app, person)
    const right = codeAt(person.phone.secret, scene.app.clock.now())
    assert.equal((await finishWith(browser, 'totp', right)).status, 429, 'not even the right one')
    const mail = (await scene.app.mails()).filter((one) => one.to === person.email).at(-1)
    assert.match(mail?.subject ?? '', /guessing/i)
    scene.app.clock.advance(minutes(15))
    const later = await startPending(scene.app, person)
    const code = freshCode(scene.app, person.phone)
    assert.equal((await finishWith(later, 'totp', code)).status, 200)
  })

  test('in a quarter of an hour nobody gets more than ten tries in, however patient', async () => {
    const person = await newcomerWithApp(scene)
    const wrong = wrongCode(scene.app, person.phone)
    const checkedAt: number[] = []
    for (let minute = 0; minute < 80; minute += 1) {
      scene.app.clock.advance(minutes(1))
      const browser = await startPending(scene.app, person)
      // One a minute at first, so that no fixed quarter of an hour could start in its favour; then as many as it likes.
      for (let guess = 0; guess < (minute < 9 ? 1 : 3); guess += 1) {
        const { status } = await finishWith(browser, 'totp', wrong)
        if (status === 429) break
        checkedAt.push(scene.app.clock.now())
      }
    }
    for (const at of checkedAt) {
      const within = checkedAt.filter((one) => one >= at && one < at + minutes(15))
      assert.ok(within.length <= 10, `${within.length} were checked in 15 minutes`)
    }
    // Ten, then one after 15 minutes and one after 30: waits that grow make it hopeless for those who have weeks.
    assert.equal(checkedAt.length, 12)
  })

  test('of fifty at once over ten pending sign-ins and both kinds of code, ten are checked', async () => {
    const person = await newcomerWithApp(scene)
    const wrong = wrongCode(scene.app, person.phone)
    const browsers = []
    for (let step = 0; step < 10; step += 1) browsers.push(await startPending(scene.app, person))
    const answers = await Promise.all(
      browsers.flatMap((browser) =>
        Array.from({ length: 5 }, (_, index) =>
          index % 2 === 0
            ? finishWith(browser, 'totp', wrong)
            : finishWith(browser, 'recovery-code', '1-aaaa-aaaa-aaaa-aaaa'),
        ),
      ),
    )
    assert.deepEqual(countStatuses(answers), { 401: 10, 429: 40 })
    const almost = minutes(15) - 60_000
    scene.app.clock.advance(almost)
    const still = await startPending(scene.app, person)
    assert.equal((await finishWith(still, 'totp', freshCode(scene.app, person.phone))).status, 429)
    scene.app.clock.advance(60_000)
    const later = await startPending(scene.app, person)
    const code = freshCode(scene.app, person.phone)
    assert.equal((await finishWith(later, 'totp', code)).status, 200, 'the owner comes back')
  })
})
