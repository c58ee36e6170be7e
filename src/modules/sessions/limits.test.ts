import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { writeNotes } from '#platform/activity-notes/notes.ts'
import { createContext, systemActor } from '#platform/context.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import {
  assertRefused,
  confirm,
  days,
  hours,
  isSignedIn,
  minutes,
  onEachEngine,
} from '#test/harness/scene.ts'
import { jobs } from './jobs.ts'

/** A person who comes back every so often, for so long. Whether they are still signed in at the end. */
type Habit = { readonly every: number; readonly visits: number }

onEachEngine('how long a sign-in lasts', (scene) => {
  const visit = async (browser: Person['browser'], { every, visits }: Habit): Promise<number> => {
    for (let time = 1; time <= visits; time += 1) {
      scene.app.clock.advance(every)
      if ((await browser.do('account.me')).status !== 200) return time
    }
    return 0
  }
  const activeAt = async (browser: Person['browser']): Promise<number> => {
    await writeNotes(scene.app.db)
    const { body } = await browser.do('sessions.list')
    return Date.parse(body.sessions[0].lastActiveAt)
  }

  test('twelve hours without a visit end it; a second less does not', async () => {
    const [kept, lost] = [
      await signIn(scene.app, scene.owner),
      await signIn(scene.app, scene.owner),
    ]
    scene.app.clock.advance(hours(12) - 5000)
    assert.equal(await isSignedIn(scene.app, kept), true)
    scene.app.clock.advance(6000)
    assertRefused(await lost.do('account.me'), 401, 'auth.sign_in_required')
    assert.equal(await isSignedIn(scene.app, kept), true, 'the visit a moment ago was noted')
  })

  test('a day ends it in any case, however often somebody comes (A55)', async () => {
    const browser = await signIn(scene.app, scene.owner)
    assert.equal(await visit(browser, { every: hours(6), visits: 3 }), 0)
    scene.app.clock.advance(hours(6) - 5000)
    assert.equal(await isSignedIn(scene.app, browser), true)
    scene.app.clock.advance(6000)
    assert.equal(await isSignedIn(scene.app, browser), false)
  })

  test('confirming that it is you does not prolong the day (A55)', async () => {
    const browser = await signIn(scene.app, scene.owner)
    for (let time = 0; time < 3; time += 1) {
      scene.app.clock.advance(hours(7))
      await confirm({ ...scene.owner, browser })
    }
    scene.app.clock.advance(hours(3) + 1000)
    assert.equal(await isSignedIn(scene.app, browser), false)
  })

  test('kept signed in: fourteen days without a visit end it', async () => {
    const browser = await signIn(scene.app, scene.owner, { keepSignedIn: true })
    scene.app.clock.advance(days(14) - 5000)
    assert.equal(await isSignedIn(scene.app, browser), true)
    const other = await signIn(scene.app, scene.owner, { keepSignedIn: true })
    scene.app.clock.advance(days(14) + 1000)
    assert.equal(await isSignedIn(scene.app, other), false)
  })

  test('kept signed in: thirty days end it in any case', async () => {
    const browser = await signIn(scene.app, scene.owner, { keepSignedIn: true })
    assert.equal(await visit(browser, { every: days(10), visits: 2 }), 0)
    scene.app.clock.advance(days(10) - 5000)
    assert.equal(await isSignedIn(scene.app, browser), true)
    scene.app.clock.advance(6000)
    assert.equal(await isSignedIn(scene.app, browser), false)
  })

  test('what has run out is neither listed nor counted, though nothing cleaned up', async () => {
    await signIn(scene.app, scene.owner)
    scene.app.clock.advance(days(31))
    const { body } = await (await signIn(scene.app, scene.owner)).do('sessions.list')
    assert.deepEqual([body.total, body.sessions.length], [1, 1])
  })

  test('what has run out cannot be ended, watched, confirmed or signed out', async () => {
    const lost = await signIn(scene.app, scene.owner)
    scene.app.clock.advance(hours(13))
    const own = await signIn(scene.app, scene.owner)
    assertRefused(await lost.do('sessions.watch'), 401, 'auth.sign_in_required')
    assertRefused(await lost.do('sessions.end-others'), 401, 'auth.sign_in_required')
    assert.equal((await lost.do('sign-in.end')).status, 200)
    assert.equal((await own.do('sessions.end-others')).body.endedSessions, 0)
  })

  test('a clock that is set back revives nothing that was ended (A112)', async () => {
    const lost = await signIn(scene.app, scene.owner)
    await lost.do('sign-in.end')
    const value = await signIn(scene.app, scene.owner)
    scene.app.clock.advance(-hours(1))
    assert.equal(await isSignedIn(scene.app, lost), false)
    assert.equal(await isSignedIn(scene.app, value), true)
    scene.app.clock.advance(hours(1))
  })

  test('activity is noted at most once a minute', async () => {
    const ben = await joinAs(
      scene.app,
      { ...scene.owner, browser: await signIn(scene.app, scene.owner) },
      'Ben',
    )
    const first = await activeAt(ben.browser)
    scene.app.clock.advance(minutes(1) - 5000)
    await ben.browser.do('account.me')
    assert.equal(await activeAt(ben.browser), first)
    scene.app.clock.advance(6000)
    await Promise.all(Array.from({ length: 20 }, () => ben.browser.do('account.me')))
    const second = await activeAt(ben.browser)
    assert.ok(second >= first + minutes(1), `${second - first}`)
    await ben.browser.do('account.me')
    assert.equal(await activeAt(ben.browser), second)
  })

  test('an answer to a stranger or a refused request is no activity', async () => {
    const browser = await signIn(scene.app, scene.owner)
    const before = await activeAt(browser)
    scene.app.clock.advance(hours(2))
    await scene.app.newBrowser().do('account.me')
    const foreign = { origin: 'https://evil.example' }
    assertRefused(await browser.do('sign-in.end', {}, foreign), 403, 'http.foreign_origin')
    await writeNotes(scene.app.db)
    const rows = await sql<{ at: number }>`select max(active_at) as at from sessions`.execute(
      scene.app.db,
    )
    assert.equal(Number(rows.rows[0]?.at), before)
  })

  test('after 90 days old sessions are deleted, and open ones stay', async () => {
    const job = jobs.find((one) => one.name === 'sessions.delete-old')
    assert.ok(job)
    await signIn(scene.app, scene.owner)
    scene.app.clock.advance(days(125))
    const own = await signIn(scene.app, scene.owner)
    await job.run(
      createContext(scene.app.app.services, systemActor('test')),
      new AbortController().signal,
    )
    const rows = await sql<{ open: number }>`select count(*) as open from sessions`.execute(
      scene.app.db,
    )
    assert.equal(Number(rows.rows[0]?.open), 1)
    assert.equal(await isSignedIn(scene.app, own), true)
  })
})

onEachEngine(
  'when the operator sets the limits',
  (scene) => {
    test('they hold for sessions that start from then on', async () => {
      const browser = await signIn(scene.app, scene.owner)
      scene.app.clock.advance(hours(1) + 1000)
      assert.equal(await isSignedIn(scene.app, browser), false)
      const kept = await signIn(scene.app, scene.owner, { keepSignedIn: true })
      scene.app.clock.advance(days(1) + 1000)
      assert.equal(await isSignedIn(scene.app, kept), false)
    })
  },
  { settings: { LATCHKEY_SESSIONS_IDLE_HOURS: '1', LATCHKEY_SESSIONS_KEPT_IDLE_DAYS: '1' } },
)
