import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  countStatuses,
  isSignedIn,
  minutes,
  onEachEngine,
  opens,
  sessionValue,
  times,
} from '#test/harness/scene.ts'
import { startBeside } from '#test/harness/second.ts'

onEachEngine('ending sessions', (scene) => {
  const idOf = async (browser: Person['browser']): Promise<string> => {
    const { body } = await browser.do('sessions.list')
    return body.sessions[0].id
  }
  const end = (browser: Person['browser'], sessionId: string) =>
    browser.do('sessions.end', { sessionId })
  const fresh = async (name: string) =>
    joinAs(scene.app, { ...scene.owner, browser: await signIn(scene.app, scene.owner) }, name)

  test('one other device is signed out, at once, and nothing else is', async () => {
    const ben = await fresh('Ben')
    const [lost, kept] = [await signIn(scene.app, ben), await signIn(scene.app, ben)]
    const done = await end(ben.browser, await idOf(lost))
    assert.equal(done.status, 200, done.text)
    assertRefused(await lost.do('account.me'), 401, 'auth.sign_in_required')
    assert.equal(await isSignedIn(scene.app, kept), true)
    assert.equal(await isSignedIn(scene.app, ben.browser), true)
    const { body } = await ben.browser.do('sessions.list')
    assert.equal(body.total, 2)
  })

  test('it stands in the trail with the device that was meant', async () => {
    const cleo = await fresh('Cleo')
    const other = await signIn(scene.app, cleo)
    const id = await idOf(other)
    const written = await announcedBy(cleo.browser, () => end(cleo.browser, id))
    assert.deepEqual(written, ['user.session:revoked success'])
    assert.deepEqual((await activityOf(cleo.browser))[0]?.data, { device: 'Firefox, Windows' })
  })

  test('a session that has ended, one nobody has and somebody else’s are all “not there” (A82)', async () => {
    const dora = await fresh('Dora')
    const gone = await idOf(await signIn(scene.app, dora))
    await end(dora.browser, gone)
    const foreign = await idOf(scene.owner.browser)
    const said = []
    for (const id of [
      gone,
      foreign,
      'ses_00000000000000000000000000',
      'x',
      "' or 1=1 --",
      '..%2f..',
    ]) {
      const refused = await end(dora.browser, id)
      assertRefused(refused, 404, 'sessions.not_found')
      const { instance: _, ...rest } = refused.body
      said.push(JSON.stringify(rest))
    }
    assert.equal(new Set(said).size, 1)
    assert.equal(await isSignedIn(scene.app, scene.owner.browser), true)
  })

  test('all others at once: this one stays', async () => {
    const emma = await fresh('Emma')
    const others = await Promise.all(times(4, () => signIn(scene.app, emma)))
    const written = await announcedBy(emma.browser, async () => {
      const done = await emma.browser.do('sessions.end-others')
      assert.deepEqual(done.body, { endedSessions: 4 })
    })
    assert.deepEqual(written, ['user.session:others_revoked success'])
    for (const other of others) assert.equal(await isSignedIn(scene.app, other), false)
    assert.equal(await isSignedIn(scene.app, emma.browser), true)
    const again = await announcedBy(emma.browser, async () => {
      const done = await emma.browser.do('sessions.end-others')
      assert.deepEqual(done.body, { endedSessions: 0 })
    })
    assert.deepEqual(again, [], 'nothing ended, nothing to tell')
  })

  test('nobody else’s session ends with yours', async () => {
    const [finn, gail] = [await fresh('Finn'), await fresh('Gail')]
    await signIn(scene.app, finn)
    await finn.browser.do('sessions.end-others')
    assert.equal(await isSignedIn(scene.app, gail.browser), true)
  })

  test('ending this very session works, and then it is over', async () => {
    const hugo = await fresh('Hugo')
    const value = sessionValue(hugo.browser)
    assert.equal((await end(hugo.browser, await idOf(hugo.browser))).status, 200)
    assert.equal(await opens(scene.app, value), false)
  })

  test('it asks for a fresh proof, and a stranger is sent away first (A56)', async () => {
    const iris = await fresh('Iris')
    const other = await signIn(scene.app, iris)
    const id = await idOf(other)
    scene.app.clock.advance(minutes(10))
    for (const refused of [
      await end(iris.browser, id),
      await end(iris.browser, 'ses_00000000000000000000000000'),
      await iris.browser.do('sessions.end-others'),
    ])
      assertRefused(refused, 403, 'auth.confirm_again')
    assert.equal(await isSignedIn(scene.app, other), true)
    const visitor = scene.app.newBrowser()
    assertRefused(await end(visitor, id), 401, 'auth.sign_in_required')
    assertRefused(await visitor.do('sessions.list'), 401, 'auth.sign_in_required')
    assertRefused(await visitor.do('sessions.watch'), 401, 'auth.sign_in_required')
  })

  test('without the session’s own token nothing ends (A88)', async () => {
    const jack = await fresh('Jack')
    const other = await signIn(scene.app, jack)
    const id = await idOf(other)
    for (const token of ['', 'x', 'A'.repeat(43)])
      assertRefused(
        await jack.browser.do('sessions.end', { sessionId: id }, { 'x-csrf-token': token }),
        403,
        'http.csrf_token',
      )
    assert.equal(await isSignedIn(scene.app, other), true)
  })

  test('two browsers that end each other at once: one remains at the most, and neither comes back', async () => {
    const kira = await fresh('Kira')
    const second = await signIn(scene.app, kira)
    const answers = await Promise.all([
      kira.browser.do('sessions.end-others'),
      second.do('sessions.end-others'),
    ])
    for (const { status } of answers) assert.ok(status === 200 || status === 401, `${status}`)
    const alive = [
      await isSignedIn(scene.app, kira.browser),
      await isSignedIn(scene.app, second),
    ].filter(Boolean)
    assert.ok(alive.length <= 1)
  })

  test('ten endings of one session at once end it once', async () => {
    const liam = await fresh('Liam')
    const id = await idOf(await signIn(scene.app, liam))
    const answers = await Promise.all(times(10, () => end(liam.browser, id)))
    assert.deepEqual(countStatuses(answers), { 200: 1, 404: 9 })
  })

  test('no use that begins after an ending has been answered gets through', async () => {
    const mona = await fresh('Mona')
    const lost = await signIn(scene.app, mona)
    const id = await idOf(lost)
    let isEnded = false
    const late: number[] = []
    const use = async () => {
      for (let time = 0; time < 25; time += 1) {
        const beganAfter = isEnded
        const { status } = await lost.do('account.me')
        if (beganAfter) late.push(status)
      }
    }
    const using = Promise.all(times(6, use))
    assert.equal((await end(mona.browser, id)).status, 200)
    isEnded = true
    await using
    assert.ok(late.length > 0)
    assert.deepEqual([...new Set(late)], [401])
  })

  if (scene.engine === 'postgres') {
    test('on another process of the installation it is dead on the next request, too (A51)', async () => {
      const second = await startBeside(scene.app)
      try {
        const nora = await fresh('Nora')
        const lost = await signIn(scene.app, nora)
        const twin = second.twinOf(lost)
        assert.equal((await twin.do('account.me')).body.userId, nora.userId)
        const id = await idOf(lost)
        for (let warm = 0; warm < 5; warm += 1) await twin.do('account.me')
        assert.equal((await end(nora.browser, id)).status, 200)
        assertRefused(await twin.do('account.me'), 401, 'auth.sign_in_required')
        const here = second.twinOf(nora.browser)
        assert.equal((await here.do('account.me')).status, 200)
        await nora.browser.do('sign-in.end')
        assertRefused(await here.do('account.me'), 401, 'auth.sign_in_required')
      } finally {
        await second.stop()
      }
    })
  }
})
