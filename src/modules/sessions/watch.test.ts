import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import { assertRefused, hours, onEachEngine, times } from '#test/harness/scene.ts'
import { startBeside } from '#test/harness/second.ts'
import { type OpenStream, openStream } from '#test/harness/stream.ts'
import { countWatched } from './watch.ts'

/** Half a second between two looks, and room for a busy machine. */
const soonMs = 4000

const assertEnds = async (stream: OpenStream) => {
  assert.equal(await stream.isOver(soonMs), true, 'the stream is still open')
  assert.deepEqual(
    stream.messages.map((message) => message.kind),
    ['open', 'ended'],
  )
}

onEachEngine(
  'open pages',
  (scene) => {
    let ben: Person
    const watch = (browser: Person['browser']) => openStream(scene.app.url, browser)
    const idOf = async (browser: Person['browser']): Promise<string> =>
      (await browser.do('sessions.list')).body.sessions[0].id

    test('are told that they are listening, and go on listening', async () => {
      ben = await joinAs(scene.app, scene.owner, 'Ben')
      const stream = await watch(ben.browser)
      assert.equal(stream.status, 200)
      assert.match(stream.type, /^text\/event-stream/)
      assert.deepEqual(stream.messages, [{ kind: 'open' }])
      assert.equal(await stream.isOver(700), false)
      assert.equal(stream.messages.length, 1)
      stream.leave()
    })

    test('leave when the session is ended elsewhere, in every tab, and only there', async () => {
      const lost = await signIn(scene.app, ben)
      const tabs = await Promise.all(times(3, () => watch(lost)))
      const own = await watch(ben.browser)
      assert.equal(
        (await ben.browser.do('sessions.end', { sessionId: await idOf(lost) })).status,
        200,
      )
      await Promise.all(tabs.map(assertEnds))
      assert.equal(await own.isOver(0), false)
      assert.equal(own.messages.length, 1)
      own.leave()
    })

    test('leave when the person signs out in another tab', async () => {
      const browser = await signIn(scene.app, ben)
      const stream = await watch(browser)
      await browser.do('sign-in.end')
      await assertEnds(stream)
    })

    test('leave when all others are ended, when the password changes and when it is reset', async () => {
      const cleo = await joinAs(scene.app, scene.owner, 'Cleo')
      const first = await watch(await signIn(scene.app, cleo))
      await cleo.browser.do('sessions.end-others')
      await assertEnds(first)
      const other = await watch(await signIn(scene.app, cleo))
      const own = await watch(cleo.browser)
      const newPassword = 'granite-lantern-47-orchard'
      await cleo.browser.do('password.change', { currentPassword: cleo.password, newPassword })
      await assertEnds(other)
      assert.equal(await own.isOver(700), false, 'the page that changed it stays')
      own.leave()
    })

    test('leave when the account is disabled', async () => {
      const dora = await joinAs(scene.app, scene.owner, 'Dora')
      const stream = await watch(dora.browser)
      await scene.owner.browser.do('people.disable', { userId: dora.userId })
      await assertEnds(stream)
    })

    test('leave when the time is up, though nobody clicked', async () => {
      const browser = await signIn(scene.app, ben)
      const stream = await watch(browser)
      scene.app.clock.advance(hours(12) + 1000)
      await assertEnds(stream)
      ben = { ...ben, browser: await signIn(scene.app, ben) }
      scene.owner = { ...scene.owner, browser: await signIn(scene.app, scene.owner) }
    })

    test('an open page alone is no activity: it does not keep a session alive', async () => {
      const browser = await signIn(scene.app, ben)
      const stream = await watch(browser)
      scene.app.clock.advance(hours(11))
      await sleep(700)
      assert.equal(await stream.isOver(0), false)
      scene.app.clock.advance(hours(1) + 1000)
      await assertEnds(stream)
      ben = { ...ben, browser: await signIn(scene.app, ben) }
      scene.owner = { ...scene.owner, browser: await signIn(scene.app, scene.owner) }
    })

    test('one person may hold so many, and closing one makes room', async () => {
      const streams = await Promise.all(times(5, () => watch(ben.browser)))
      const refused = await ben.browser.do('sessions.watch')
      assertRefused(refused, 503, 'http.busy')
      assert.ok(Number(refused.headers['retry-after']) > 0)
      const others = await watch(scene.owner.browser)
      assert.equal(others.status, 200, 'somebody else is not in the way')
      others.leave()
      streams[0]?.leave()
      await sleep(100)
      const next = await watch(ben.browser)
      assert.equal(next.status, 200)
      for (const stream of [...streams, next]) stream.leave()
      await sleep(100)
      assert.equal(scene.app.app.runtime.streams.open.size, 0, 'nothing is kept of closed pages')
    })

    test('a page that comes and goes at once leaves nothing behind', async () => {
      for (let time = 0; time < 30; time += 1) (await watch(ben.browser)).leave()
      await sleep(150)
      assert.equal(scene.app.app.runtime.streams.open.size, 0)
      assert.equal(countWatched(scene.app.app.services.db), 0, 'nothing is watched for nobody')
    })

    test('a program that asks for the head alone opens nothing that would stay open', async () => {
      for (let time = 0; time < 8; time += 1) {
        const head = await ben.browser.fetch({
          method: 'HEAD',
          path: '/api/v1/account/sessions/watch',
        })
        assert.equal(head.status, 200)
        assert.match(String(head.headers['content-type']), /^text\/event-stream/)
      }
      assert.equal(scene.app.app.runtime.streams.open.size, 0)
      assert.equal(countWatched(scene.app.app.services.db), 0)
      const page = await watch(ben.browser)
      assert.equal(page.status, 200, 'there is room for a page')
      page.leave()
    })

    if (scene.engine === 'postgres') {
      test('leave within a second when the session is ended on another process', async () => {
        const second = await startBeside(scene.app)
        try {
          const lost = await signIn(scene.app, ben)
          const stream = await openStream(second.url, second.twinOf(lost))
          assert.equal(stream.status, 200)
          await ben.browser.do('sessions.end', { sessionId: await idOf(lost) })
          const since = performance.now()
          await assertEnds(stream)
          assert.ok(performance.now() - since < 1500, 'half a second, and a busy machine')
        } finally {
          await second.stop()
        }
      })
    }
  },
  { settings: { LATCHKEY_LIMITS_STREAMS_PER_PERSON_MAX: '5' } },
)
