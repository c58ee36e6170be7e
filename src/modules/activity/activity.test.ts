import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { z } from 'zod'
import { verifyTrail } from '#platform/events/verify-trail.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import { assertRefused, fromElsewhere, onEachEngine, times } from '#test/harness/scene.ts'
import type { Entry } from './contract.ts'

type View = z.output<typeof Entry>

onEachEngine('what happened to your account', (scene) => {
  let ben: Person
  const list = async (browser: Person['browser'], input: object = {}) => {
    const answer = await browser.do('activity.list', input as Record<string, unknown>)
    assert.equal(answer.status, 200, answer.text)
    return answer.body as { entries: View[]; next: string | null }
  }

  test('each act has its code, words, moment, place, device, session and request', async () => {
    ben = await joinAs(scene.app, scene.owner, 'Ben')
    const browser = scene.app.newBrowser()
    const { email, password } = ben
    const answer = await browser.do(
      'sign-in.start',
      { email, password },
      {
        'x-forwarded-for': '8.8.8.8',
      },
    )
    const [entry] = (await list(browser)).entries
    assert.ok(entry)
    const { id, at, sessionHash, location, ...rest } = entry
    assert.match(id, /^act_[0-9a-z]{26}$/)
    assert.ok(Math.abs(Date.parse(at) - scene.app.clock.now()) < 10_000)
    assert.match(sessionHash ?? '', /^[0-9a-f]{16}$/)
    assert.match(location ?? '', /^([^,]+, )?[A-Z]{2}$/)
    assert.deepEqual(rest, {
      event: 'user:logged_in',
      message: 'Signed in',
      result: 'success',
      actor: 'visitor',
      target: null,
      requestId: answer.headers['x-request-id'],
      address: '8.8.8.8',
      deviceType: 'desktop',
      browser: 'Firefox',
      operatingSystem: 'Windows',
      data: { method: 'password' },
    })
  })

  test('what a session does carries the same short name, which is no credential', async () => {
    const browser = await signIn(scene.app, ben)
    await browser.do('account.update-profile', { jobTitle: 'Smith' })
    const [updated, started] = (await list(browser)).entries
    assert.equal(updated?.actor, 'session')
    assert.equal(updated?.sessionHash, started?.sessionHash)
    const thief = scene.app.newBrowser()
    thief.cookies.set('latchkey', String(updated?.sessionHash))
    assert.equal((await thief.do('account.me')).status, 401)
  })

  test('a failed try by a stranger is there, with where it came from', async () => {
    const from = { 'x-forwarded-for': '9.9.9.9', 'user-agent': 'curl/8.11.0' }
    await scene.app
      .newBrowser()
      .do('sign-in.start', { email: ben.email, password: 'guess number 1' }, from)
    const [failed] = (await list(ben.browser)).entries
    assert.deepEqual(
      [failed?.event, failed?.result, failed?.address, failed?.deviceType, failed?.sessionHash],
      ['user:login_failed', 'failure', '9.9.9.9', 'program', null],
    )
  })

  test('it is newest first, and only your own', async () => {
    const cleo = await joinAs(scene.app, scene.owner, 'Cleo')
    for (const name of ['One', 'Two', 'Three'])
      await cleo.browser.do('account.update-profile', { name })
    const { entries } = await list(cleo.browser)
    assert.deepEqual(
      entries.map((entry) => entry.event),
      [...times(3, () => 'user.profile:updated'), 'user:logged_in', 'user:joined'],
    )
    const moments = entries.map((entry) => Date.parse(entry.at))
    assert.deepEqual(
      moments,
      [...moments].sort((a, b) => b - a),
    )
    const mine = new Set(entries.map((entry) => entry.id))
    for (const browser of [ben.browser, scene.owner.browser])
      for (const entry of (await list(browser, { limit: 100 })).entries)
        assert.ok(!mine.has(entry.id))
  })

  test('pages follow each other without gap or double, while more is written', async () => {
    const dora = await joinAs(scene.app, scene.owner, 'Dora')
    await Promise.all(
      times(20, (index) => dora.browser.do('account.update-profile', { name: `D ${index}` })),
    )
    const whole = (await list(dora.browser, { limit: 100 })).entries.map((entry) => entry.id)
    for (const limit of [1, 7, 22]) {
      const seen: string[] = []
      let before: string | null = null
      do {
        const page = await list(dora.browser, { limit, ...(before ? { before } : {}) })
        assert.ok(page.entries.length <= limit)
        seen.push(...page.entries.map((entry) => entry.id))
        before = page.next
        await scene.owner.browser.do('account.update-profile', { name: `Ada ${seen.length}` })
      } while (before)
      assert.deepEqual(seen, whole, `by ${limit}`)
    }
  })

  test('odd places and limits are refused or lead nowhere', async () => {
    for (const input of [
      { before: 'x' },
      { before: '-1' },
      { before: '1'.repeat(17) },
      { limit: 0 },
      { limit: 101 },
      { userId: 'x' },
    ])
      assertRefused(await ben.browser.do('activity.list', input), 400, 'http.invalid_input')
    assert.deepEqual(await list(ben.browser, { before: '0' }), { entries: [], next: null })
    assert.ok((await list(ben.browser, { before: '9'.repeat(16) })).entries.length > 0)
  })

  test('a stranger sees nothing', async () => {
    const visitor = scene.app.newBrowser()
    assertRefused(await visitor.do('activity.list'), 401, 'auth.sign_in_required')
  })

  test('what browsers make up about themselves stays one line of text (A92)', async () => {
    const agent = 'Evil/1.0 \u001b[31m "},{"event":"user:fake" <script>'
    await scene.app.newBrowser().do(
      'sign-in.start',
      { email: ben.email, password: 'guess number 2' },
      {
        ...fromElsewhere(),
        'user-agent': agent.replace('\u001b', ''),
      },
    )
    const { entries } = await list(ben.browser)
    assert.ok(!entries.some((entry) => entry.event === 'user:fake'))
    for (const line of scene.app.logLines) assert.ok(JSON.parse(line))
  })

  test('fifty acts at once are all there, in one unbroken chain', async () => {
    const emma = await joinAs(scene.app, scene.owner, 'Emma')
    const before = (await list(emma.browser, { limit: 100 })).entries.length
    await Promise.all(
      times(50, (index) => emma.browser.do('account.update-profile', { name: `Emma ${index}` })),
    )
    assert.equal((await list(emma.browser, { limit: 100 })).entries.length, before + 50)
    const { services } = scene.app.app
    const { faults, entries } = await verifyTrail({ db: scene.app.db, keys: services.keys })
    assert.deepEqual(faults, [])
    assert.ok(entries > 100)
  })
})
