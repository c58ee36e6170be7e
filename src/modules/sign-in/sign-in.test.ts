import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '#test/harness/client.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  cookieName,
  days,
  isSignedIn,
  onEachEngine,
  opens,
  sessionValue,
  times,
} from '#test/harness/scene.ts'

const cookieLine = (answer: Answer, name = cookieName): string =>
  [answer.headers['set-cookie'] ?? []].flat().find((line) => line.startsWith(`${name}=`)) ?? ''

onEachEngine('signing in and out', (scene) => {
  const start = (person: Person, input: object = {}, browser = scene.app.newBrowser()) =>
    browser.do('sign-in.start', { email: person.email, password: person.password, ...input })

  test('with address and password you are in, and it is noted in your trail', async () => {
    const ben = await joinAs(scene.app, scene.owner, 'Ben')
    const browser = scene.app.newBrowser()
    const done = await start(ben, {}, browser)
    assert.equal(done.status, 200, done.text)
    assert.equal(done.body.next, 'done')
    assert.equal((await browser.do('account.me')).body.userId, ben.userId)
    const [newest] = await activityOf(browser)
    assert.deepEqual([newest?.event, newest?.result], ['user:logged_in', 'success'])
    assert.deepEqual(newest?.data, { method: 'password' })
    assert.match(newest?.sessionHash ?? '', /^[0-9a-f]{16}$/)
  })

  test('the cookie cannot be read by a page, is not sent across sites and goes with the browser', async () => {
    const line = cookieLine(await start(scene.owner))
    assert.match(line, /^latchkey=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('“keep me signed in” is a cookie that stays for 30 days', async () => {
    const line = cookieLine(await start(scene.owner, { keepSignedIn: true }))
    const until = Date.parse(/; Expires=([^;]+)$/.exec(line)?.[1] ?? '')
    assert.ok(Math.abs(until - (scene.app.clock.now() + days(30))) < 10_000, line)
  })

  test('every sign-in is a value of its own, and the one before in this browser is dead (A50)', async () => {
    const browser = await signIn(scene.app, scene.owner)
    const first = sessionValue(browser)
    await start(scene.owner, {}, browser)
    assert.notEqual(sessionValue(browser), first)
    assert.equal(await opens(scene.app, first), false)
    assert.equal(await isSignedIn(scene.app, browser), true)
  })

  test('signing in as somebody else in the same browser ends the session that was open', async () => {
    const cleo = await joinAs(scene.app, scene.owner, 'Cleo')
    const browser = await signIn(scene.app, scene.owner)
    const before = sessionValue(browser)
    await start(cleo, {}, browser)
    assert.equal((await browser.do('account.me')).body.userId, cleo.userId)
    assert.equal(await opens(scene.app, before), false)
  })

  test('a made-up cookie value is never adopted (A50)', async () => {
    const planted = 'A'.repeat(43)
    const browser = scene.app.newBrowser()
    browser.cookies.set(cookieName, planted)
    assert.equal((await browser.do('account.me')).status, 401)
    assert.equal((await start(scene.owner, {}, browser)).status, 200)
    assert.notEqual(sessionValue(browser), planted)
    assert.equal(await opens(scene.app, planted), false)
  })

  test('a shadow of the cookie opens nothing and two of the same name are refused (A62)', async () => {
    const value = sessionValue(await signIn(scene.app, scene.owner))
    const shadows = [
      `Latchkey=${value}`,
      `\u00a0latchkey=${value}`,
      `"latchkey"=${value}`,
      `latchkey="${value}"`,
      `__Host-latchkey=${value}`,
      `=latchkey=${value}`,
      `latchkey =${value}`,
      `latchkey=${value}; latchkey=${value}`,
      `latchkey=x; latchkey=${value}`,
      `latchkey=${value.toLowerCase()}`,
      `latchkey=${value}%20`,
      `$Version=1, latchkey=${value}`,
    ]
    for (const cookie of shadows) {
      const answer = await scene.app.newBrowser().do('account.me', {}, { cookie })
      assert.equal(answer.status, 401, cookie)
    }
    const own = { cookie: `other=1; latchkey=${value}` }
    assert.equal((await scene.app.newBrowser().do('account.me', {}, own)).status, 200)
  })

  test('the value is of no use as anything but the cookie (A76)', async () => {
    const value = sessionValue(await signIn(scene.app, scene.owner))
    const browser = scene.app.newBrowser()
    const basic = Buffer.from(`${scene.owner.email}:${value}`).toString('base64')
    for (const authorization of [`Bearer ${value}`, `Basic ${basic}`, value]) {
      const refused = await browser.do('account.me', {}, { authorization })
      assertRefused(refused, 401, 'auth.key_invalid')
    }
    for (const query of [`?latchkey=${value}`, `?token=${value}`, `?access_token=${value}`]) {
      const answer = await browser.fetch({ method: 'GET', path: `/api/v1/account/me${query}` })
      assert.equal(answer.status, 401)
    }
  })

  test('what is not one text is refused before anything is looked up (A64)', async () => {
    const { email, password } = scene.owner
    const wrong = [
      { email: [email], password },
      { email: { 0: email }, password },
      { email, password: [password] },
      { email, password: { $ne: '' } },
      { email, password: null },
      { email, password: 1 },
      { email, password, keepSignedIn: 'yes' },
      { email, password, userId: scene.owner.userId },
      { email },
      {},
    ]
    for (const input of wrong)
      assertRefused(
        await scene.app.newBrowser().do('sign-in.start', input),
        400,
        'http.invalid_input',
      )
    for (const body of ['[]', '"x"', 'null', '{', '{"email":', '\u0000', ''])
      assert.equal(
        (
          await scene.app.newBrowser().fetch({
            method: 'POST',
            path: '/api/v1/sign-in',
            headers: { 'content-type': 'application/json' },
            body,
          })
        ).status,
        400,
        body,
      )
  })

  test('an endless password is refused without being hashed', async () => {
    const since = performance.now()
    for (const length of [129, 1025, 60_000])
      assertRefused(
        await start(scene.owner, { password: 'x'.repeat(length) }),
        400,
        'http.invalid_input',
      )
    assert.ok(performance.now() - since < 150, 'three hashes would have taken as long')
    assertRefused(
      await start(scene.owner, { password: 'x'.repeat(70_000) }),
      413,
      'http.body_too_large',
    )
  })

  test('a wrong password stands in your trail, with nothing of what was typed', async () => {
    const dora = await joinAs(scene.app, scene.owner, 'Dora')
    const typed = 'umbrella-that-is-wrong-1'
    const written = await announcedBy(dora.browser, () => start(dora, { password: typed }))
    assert.deepEqual(written, ['user:login_failed failure'])
    assert.ok(!JSON.stringify(await activityOf(dora.browser)).includes(typed))
  })

  test('signing out ends the session at once, asks the browser to forget, and works twice', async () => {
    const browser = await signIn(scene.app, scene.owner)
    const before = sessionValue(browser)
    const done = await browser.do('sign-in.end')
    assert.equal(done.status, 200)
    assert.equal(done.headers['clear-site-data'], '"cache", "storage"')
    assert.match(cookieLine(done), /^latchkey=; Path=\/; HttpOnly; SameSite=Lax; Max-Age=0$/)
    assert.equal(browser.cookies.has(cookieName), false)
    assert.equal(await opens(scene.app, before), false)
    assert.equal((await browser.do('sign-in.end')).status, 200)
    const trail = await activityOf(scene.owner.browser)
    assert.equal(trail[0]?.event, 'user:logged_out')
    assert.notEqual(trail[1]?.event, 'user:logged_out', 'the second time ended nothing')
  })

  test('signing out in one browser leaves the others alone', async () => {
    const [one, two] = [await signIn(scene.app, scene.owner), await signIn(scene.app, scene.owner)]
    await one.do('sign-in.end')
    assert.equal(await isSignedIn(scene.app, two), true)
  })

  test('a foreign page can neither sign you in nor out (A88)', async () => {
    const browser = await signIn(scene.app, scene.owner)
    const foreign = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]
    const { email, password } = scene.owner
    for (const headers of foreign) {
      const refused = await browser.do('sign-in.end', {}, headers)
      assertRefused(refused, 403, 'http.foreign_origin')
      const visitor = scene.app.newBrowser()
      const started = await visitor.do('sign-in.start', { email, password }, headers)
      assertRefused(started, 403, 'http.foreign_origin')
    }
    assert.equal(await isSignedIn(scene.app, browser), true)
  })

  test('a program that names no origin, or a page at another address, reads which one is meant', async () => {
    const { email, password } = scene.owner
    const body = JSON.stringify({ email, password })
    const told = async (headers: Record<string, string>): Promise<string> => {
      const json = { 'content-type': 'application/json', host: 'localhost', ...headers }
      const sent = { method: 'POST', path: '/api/v1/sign-in', headers: json, body }
      const answer = await scene.app.newBrowser().send(sent)
      assertRefused(answer, 403, 'http.foreign_origin')
      return answer.body.detail
    }
    const [own] = scene.app.app.runtime.origins
    assert.equal(await told({}), `Nothing says where it came from. A program sends Origin: ${own}`)
    const elsewhere = await told({ origin: 'http://192.0.2.7:3000' })
    assert.equal(elsewhere, `The pages of this installation are at ${own}`)
  })

  test('one person may sign in from four browsers at once', async () => {
    const browsers = times(4, () => scene.app.newBrowser())
    const answers = await Promise.all(browsers.map((browser) => start(scene.owner, {}, browser)))
    assert.deepEqual(
      answers.map((answer) => answer.status),
      times(4, () => 200),
    )
    assert.equal(new Set(browsers.map(sessionValue)).size, 4)
  })

  test('the sign-in page learns whether you are signed in, and nothing else', async () => {
    const visitor = await scene.app.newBrowser().do('sign-in.status')
    assert.deepEqual(visitor.body, {
      setup: 'done',
      signUp: 'invite',
      organisationName: 'Acme',
      signedIn: false,
      pending: false,
    })
    assert.equal((await scene.owner.browser.do('sign-in.status')).body.signedIn, true)
  })
})
