import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeNotes } from '#platform/activity-notes/notes.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import {
  assertRefused,
  confirm,
  fromElsewhere,
  hours,
  minutes,
  onEachEngine,
} from '#test/harness/scene.ts'
import type { Session } from './contract.ts'

const agents = {
  chrome:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36',
  iphone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
  curl: 'curl/8.11.0',
}

onEachEngine('where you are signed in', (scene) => {
  const list = async (browser: Person['browser'], input = {}) => {
    const answer = await browser.do('sessions.list', input)
    assert.equal(answer.status, 200, answer.text)
    return answer.body as { sessions: Session[]; next: string | null; total: number }
  }
  const start = async (person: Person, headers: Record<string, string>) => {
    const browser = scene.app.newBrowser()
    const { email, password } = person
    const done = await browser.do('sign-in.start', { email, password }, headers)
    assert.equal(done.status, 200, done.text)
    return browser
  }
  const own = async (browser: Person['browser']): Promise<Session> => {
    const session = (await list(browser)).sessions.find((one) => one.isCurrent)
    assert.ok(session)
    return session
  }

  test('a browser that answers client hints is described by them', async () => {
    const session = await own(
      await start(scene.owner, {
        'user-agent': agents.chrome,
        'sec-ch-ua-platform': '"Windows"',
        'sec-ch-ua-platform-version': '"15.0.0"',
        'sec-ch-ua-arch': '"x86"',
        'sec-ch-ua-bitness': '"64"',
        'sec-ch-ua-model': '""',
        'sec-ch-ua-mobile': '?0',
      }),
    )
    const { browser, browserVersion, operatingSystem, operatingSystemVersion } = session
    assert.deepEqual(
      { browser, browserVersion, operatingSystem, operatingSystemVersion },
      {
        browser: 'Chrome',
        browserVersion: '148.0.0.0',
        operatingSystem: 'Windows',
        operatingSystemVersion: '11',
      },
    )
    assert.deepEqual(
      [session.engine, session.architecture, session.deviceType, session.deviceModel],
      ['Blink', 'x86-64', 'desktop', null],
    )
  })

  test('a phone without hints is described by what it calls itself', async () => {
    const session = await own(await start(scene.owner, { 'user-agent': agents.iphone }))
    assert.deepEqual(
      [
        session.browser,
        session.browserVersion,
        session.operatingSystem,
        session.operatingSystemVersion,
      ],
      ['Safari', '18.2', 'iOS', '18.2'],
    )
    assert.deepEqual(
      [session.deviceType, session.deviceModel, session.engine],
      ['phone', 'iPhone', 'WebKit'],
    )
  })

  test('Firefox on Linux, a program, and one that says nothing', async () => {
    const firefox = await own(await start(scene.owner, { 'user-agent': agents.firefox }))
    assert.deepEqual(
      [firefox.browser, firefox.operatingSystem, firefox.architecture, firefox.engine],
      ['Firefox', 'Linux', 'x86-64', 'Gecko'],
    )
    const curl = await own(await start(scene.owner, { 'user-agent': agents.curl }))
    assert.deepEqual(
      [curl.browser, curl.browserVersion, curl.deviceType],
      ['curl', '8.11.0', 'program'],
    )
    const silent = await own(await start(scene.owner, { 'user-agent': '' }))
    assert.deepEqual(
      [silent.browser, silent.operatingSystem, silent.deviceType],
      [null, null, 'unknown'],
    )
  })

  test('what a browser makes up about itself is bounded and cannot break the list', async () => {
    const hostile = `Mozilla/5.0 <script>alert(1)</script> ${'x'.repeat(4000)}`
    const session = await own(
      await start(scene.owner, {
        'user-agent': hostile,
        'sec-ch-ua-platform': `"${'p'.repeat(500)}"`,
        'sec-ch-ua-model': '"<img src=x>"',
      }),
    )
    for (const value of Object.values(session))
      if (typeof value === 'string') assert.ok(value.length <= 64, value)
    assert.equal(session.deviceModel, '<img src=x>', 'kept as text; the page escapes it')
  })

  test('where from: an address here is local, one out there has a country', async () => {
    const here = await own(await start(scene.owner, {}))
    assert.equal(here.address, '127.0.0.1')
    assert.deepEqual(here.location, { kind: 'local', countryCode: null, city: null })
    const there = await own(await start(scene.owner, { 'x-forwarded-for': '2001:db8::1, 8.8.8.8' }))
    assert.equal(there.address, '8.8.8.8', 'what our own proxy saw, not what was claimed before it')
    assert.equal(there.location.kind, 'country')
    assert.match(there.location.countryCode ?? '', /^[A-Z]{2}$/)
    const odd = await own(await start(scene.owner, { 'x-forwarded-for': 'not an address' }))
    assert.equal(odd.address, 'unknown')
  })

  test('when: created, last authentication, last active, modified, expires', async () => {
    const ben = await joinAs(scene.app, scene.owner, 'Ben')
    const before = await own(ben.browser)
    const moments = [
      before.createdAt,
      before.lastAuthenticatedAt,
      before.lastActiveAt,
      before.modifiedAt,
    ]
    assert.equal(new Set(moments).size, 1, 'a new session has one moment')
    const idle = Date.parse(before.idleExpiresAt) - Date.parse(before.createdAt)
    assert.equal(idle, hours(12))
    assert.ok(before.deviceFirstSeenAt)
    assert.deepEqual([before.signInMethod, before.keepSignedIn], ['password', false])
    scene.app.clock.advance(minutes(30))
    await confirm(ben)
    const after = await own(ben.browser)
    assert.equal(after.createdAt, before.createdAt)
    for (const field of [
      'lastAuthenticatedAt',
      'lastActiveAt',
      'modifiedAt',
      'idleExpiresAt',
    ] as const)
      assert.ok(Date.parse(after[field]) >= Date.parse(before[field]) + minutes(30), field)
  })

  test('“keep me signed in” shows, and so does an end that cannot be put off', async () => {
    const kept = await own(await signIn(scene.app, scene.owner, { keepSignedIn: true }))
    assert.equal(kept.keepSignedIn, true)
    const browser = await signIn(scene.app, scene.owner)
    for (let hour = 0; hour < 20; hour += 5) {
      scene.app.clock.advance(hours(5))
      await browser.do('account.me')
    }
    await writeNotes(scene.app.db)
    const late = await own(browser)
    assert.equal(Date.parse(late.idleExpiresAt) - Date.parse(late.createdAt), hours(24))
    assert.equal(
      late.expiresAt,
      late.idleExpiresAt,
      'the end of the whole, which use does not move',
    )
    const { body: me } = await browser.do('account.me')
    assert.equal(me.credential.expiresAt, late.expiresAt)
    scene.owner = { ...scene.owner, browser: await signIn(scene.app, scene.owner) }
  })

  test('a browser that was here before is known, though its session is another', async () => {
    const browser = await signIn(scene.app, scene.owner)
    const first = await own(browser)
    scene.app.clock.advance(minutes(45))
    await browser.do('sign-in.end')
    const { email, password } = scene.owner
    await browser.do('sign-in.start', { email, password })
    const second = await own(browser)
    assert.notEqual(second.id, first.id)
    assert.equal(second.deviceFirstSeenAt, first.deviceFirstSeenAt)
    assert.notEqual(second.createdAt, second.deviceFirstSeenAt)
  })

  test('this device comes first, then the others by last activity; nothing secret is shown', async () => {
    const cleo = await joinAs(
      scene.app,
      { ...scene.owner, browser: await signIn(scene.app, scene.owner) },
      'Cleo',
    )
    const middle = await signIn(scene.app, cleo)
    scene.app.clock.advance(minutes(2))
    const newest = await signIn(scene.app, cleo)
    const order = async (browser: Person['browser']) =>
      (await list(browser)).sessions.map((session) => session.isCurrent)
    for (const browser of [cleo.browser, middle, newest])
      assert.deepEqual(await order(browser), [true, false, false])
    const { sessions } = await list(cleo.browser)
    assert.ok(Date.parse(sessions[1]!.lastActiveAt) >= Date.parse(sessions[2]!.lastActiveAt))
    const text = JSON.stringify(await list(cleo.browser))
    for (const browser of [cleo.browser, middle, newest])
      for (const value of browser.cookies.values()) assert.ok(!text.includes(value))
  })

  test('more than sixty are paged without gap or double, and counted', async () => {
    const dora = await joinAs(
      scene.app,
      { ...scene.owner, browser: await signIn(scene.app, scene.owner) },
      'Dora',
    )
    const { email, password } = dora
    for (let batch = 0; batch < 16; batch += 1) {
      scene.app.clock.advance(batch % 4 === 0 ? 1000 : 0)
      await Promise.all(
        Array.from({ length: 4 }, () =>
          scene.app.newBrowser().do('sign-in.start', { email, password }, fromElsewhere()),
        ),
      )
    }
    const seen: string[] = []
    let after: string | null = null
    do {
      const page = await list(dora.browser, { limit: 20, ...(after ? { after } : {}) })
      assert.equal(page.total, 65)
      assert.ok(page.sessions.length <= 21)
      seen.push(...page.sessions.map((session) => session.id))
      after = page.next
    } while (after)
    assert.equal(seen.length, 65)
    assert.equal(new Set(seen).size, 65)
    const here = await own(dora.browser)
    assert.equal(seen[0], here.id)
    assert.ok(here.deviceFirstSeenAt, 'it is complete although it belongs on a later page')
    assert.equal((await list(dora.browser)).sessions.length, 51, 'fifty and this device')
  })

  test('a made-up place in the list starts from the beginning; odd limits are refused', async () => {
    const { browser } = scene.owner
    for (const after of ['x', '1', "1.ses_' or 1=1", `${Number.MAX_SAFE_INTEGER}.ses_x`])
      assert.equal((await list(browser, { after })).sessions[0]?.isCurrent, true)
    for (const input of [
      { limit: 0 },
      { limit: 101 },
      { limit: 'x' },
      { after: 'x'.repeat(201) },
      { userId: 'x' },
    ])
      assertRefused(await browser.do('sessions.list', input), 400, 'http.invalid_input')
  })
})
