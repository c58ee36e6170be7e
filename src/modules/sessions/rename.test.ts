import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newcomer } from '#test/harness/factors.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  days,
  faultsIn,
  minutes,
  onEachEngine,
} from '#test/harness/scene.ts'
import type { Session } from './contract.ts'

onEachEngine('the name of a session', (scene) => {
  const list = async (browser: Person['browser']): Promise<readonly Session[]> => {
    const answer = await browser.do('sessions.list')
    assert.equal(answer.status, 200, answer.text)
    return answer.body.sessions
  }
  const ownId = async (browser: Person['browser']): Promise<string> =>
    (await list(browser)).find((one) => one.isCurrent)?.id ?? ''
  const find = async (browser: Person['browser'], id: string): Promise<Session> => {
    const session = (await list(browser)).find((one) => one.id === id)
    assert.ok(session)
    return session
  }
  const rename = (browser: Person['browser'], sessionId: string, name: unknown) =>
    browser.do('sessions.rename', { sessionId, name })

  test('a session has none at first and is shown by its device', async () => {
    const person = await newcomer(scene)
    assert.equal((await find(person.browser, await ownId(person.browser))).name, null)
  })

  test('I name this session and another of mine; each session of mine sees both, and it lasts', async () => {
    const person = await newcomer(scene)
    const other = await signIn(scene.app, person)
    const [here, there] = [await ownId(person.browser), await ownId(other)]
    const before = await find(person.browser, there)
    scene.app.clock.advance(minutes(30))
    const written = await announcedBy(person.browser, async () => {
      const renamed = await rename(person.browser, there, '  Work laptop ')
      assert.deepEqual(renamed.body, { id: there, name: 'Work laptop' })
      assert.equal((await rename(person.browser, here, 'Kitchen')).status, 200)
    })
    assert.deepEqual(written, ['user.session:renamed success', 'user.session:renamed success'])
    const [latest] = await activityOf(person.browser)
    assert.deepEqual(latest?.data, { name: 'Kitchen' })
    for (const browser of [person.browser, other])
      assert.deepEqual(
        [(await find(browser, here)).name, (await find(browser, there)).name],
        ['Kitchen', 'Work laptop'],
      )
    const after = await find(person.browser, there)
    assert.equal(after.browser, before.browser)
    assert.equal(after.expiresAt, before.expiresAt)
    assert.notEqual(after.modifiedAt, before.modifiedAt)
  })

  test('null takes the name away, and the device is shown again', async () => {
    const { browser } = await newcomer(scene)
    const id = await ownId(browser)
    await rename(browser, id, 'Old')
    const written = await announcedBy(browser, async () => {
      assert.deepEqual((await rename(browser, id, null)).body, { id, name: null })
    })
    assert.deepEqual(written, ['user.session:renamed success'])
    assert.deepEqual((await activityOf(browser))[0]?.data, { name: null })
    assert.equal((await find(browser, id)).name, null)
  })

  test('the session of another person is refused like one that does not exist', async () => {
    const person = await newcomer(scene)
    const eve = await newcomer(scene)
    const id = await ownId(person.browser)
    const written = await announcedBy(eve.browser, async () => {
      assertRefused(await rename(eve.browser, id, 'Mine'), 404, 'sessions.not_found')
      assertRefused(await rename(eve.browser, 'ses_made_up', 'Mine'), 404, 'sessions.not_found')
    })
    assert.deepEqual(written, [])
    assert.equal((await find(person.browser, id)).name, null)
  })

  test('a session that was signed out or ran out is refused', async () => {
    const person = await newcomer(scene)
    const other = await signIn(scene.app, person)
    const ended = await ownId(other)
    await other.do('sign-in.end')
    assertRefused(await rename(person.browser, ended, 'Gone'), 404, 'sessions.not_found')
    const ranOut = await ownId(person.browser)
    scene.app.clock.advance(days(60))
    const later = await signIn(scene.app, person)
    assertRefused(await rename(later, ranOut, 'Gone'), 404, 'sessions.not_found')
  })

  test('a name shows something, is of one line and has at most 60 characters', async () => {
    const { browser } = await newcomer(scene)
    const id = await ownId(browser)
    const written = await announcedBy(browser, async () => {
      for (const name of ['', '   ', '\u00ad\u200d\u3164', 'a\nb', 'a\u202eb', 'a'.repeat(61), 1]) {
        const refused = await rename(browser, id, name)
        assertRefused(refused, 400, 'http.invalid_input')
        assert.ok(
          faultsIn(refused).every((fault) => fault.startsWith('/name ')),
          refused.text,
        )
      }
      const absent = await browser.do('sessions.rename', { sessionId: id })
      assertRefused(absent, 400, 'http.invalid_input')
    })
    assert.deepEqual(written, [])
    assert.equal((await rename(browser, id, 'a'.repeat(60))).status, 200)
  })
})
