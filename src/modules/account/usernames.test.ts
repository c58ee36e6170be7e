import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newcomer } from '#test/harness/factors.ts'
import type { Person } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  countStatuses,
  faultsIn,
  fromElsewhere,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import { usernamesMax } from './contract.ts'

onEachEngine(
  'your username',
  (scene) => {
    const choose = ({ browser }: Person, username: unknown) =>
      browser.do('account.choose-username', { username })
    const chosen = async (person: Person, username: string | null): Promise<void> => {
      const answer = await choose(person, username)
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(answer.body, { username })
    }
    const nameOf = async ({ browser }: Person): Promise<string | null> =>
      (await browser.do('account.read-profile')).body.username

    test('is chosen, shown in the profile and in the list of people, and written into the trail', async () => {
      const ada = await newcomer(scene)
      assert.equal(await nameOf(ada), null)
      const written = await announcedBy(ada.browser, async () => {
        await chosen(ada, 'ada-lovelace_1')
        await chosen(ada, 'ada-lovelace_1')
      })
      assert.deepEqual(written, ['user.username:changed success'])
      const [act] = await activityOf(ada.browser)
      assert.deepEqual(act?.data, { username: 'ada-lovelace_1' })
      assert.equal(await nameOf(ada), 'ada-lovelace_1')
      const { body } = await ada.browser.do('people.list', { limit: 100 })
      const row = body.people.find((one: { userId: string }) => one.userId === ada.userId)
      assert.equal(row.username, 'ada-lovelace_1')
    })

    const wrong: readonly unknown[] = [
      ...['', 'a', 'Ada', '1ada', '-ada', '_ada', 'ada.l', 'ada lovelace', 'ada\n', ' ada', 'ада'],
      ...['a'.repeat(33), 'ada/..', 'ada;id', 'ada$', 7, ['ada'], {}],
    ]
    for (const username of wrong)
      test(`${JSON.stringify(username)} is none`, async () => {
        const refused = await choose(scene.owner, username)
        assertRefused(refused, 400, 'http.invalid_input')
        assert.match(faultsIn(refused).join(), /^\/username /)
        assert.equal(await nameOf(scene.owner), null)
      })

    test('that a system or the operator uses is refused', async () => {
      const ada = await newcomer(scene)
      for (const username of ['root', 'admin', 'daemon', 'www-data', 'systemd-network', 'robot'])
        assertRefused(await choose(ada, username), 422, 'account.username_reserved')
      await chosen(ada, 'rooted')
    })

    test('that a user has, or had, stays theirs for good: servers let people in by it', async () => {
      const [ada, ben] = [await newcomer(scene), await newcomer(scene)]
      await chosen(ada, 'first')
      assertRefused(await choose(ben, 'first'), 409, 'account.username_taken')
      await chosen(ada, 'second')
      assertRefused(await choose(ben, 'first'), 409, 'account.username_taken')
      await chosen(ada, null)
      const refused = await choose(ben, 'second')
      assertRefused(refused, 409, 'account.username_taken')
      assert.ok(!refused.text.includes(ada.userId) && !refused.text.includes(ada.email))
      assert.equal(await nameOf(ben), null)
      await chosen(ada, 'first')
    })

    test('of twenty who want the same at once, one gets it', async () => {
      const people = [await newcomer(scene), await newcomer(scene), await newcomer(scene)]
      const answers = await Promise.all(
        times(21, (turn) => choose(people[turn % people.length] as Person, 'wanted')),
      )
      const winners = (await Promise.all(people.map(nameOf))).filter((name) => name === 'wanted')
      assert.equal(winners.length, 1)
      assert.deepEqual(countStatuses(answers), { 200: 7, 409: 14 })
    })

    test(`changes up to ${usernamesMax} names, and back to earlier ones after that`, async () => {
      const ada = await newcomer(scene)
      for (let turn = 1; turn <= usernamesMax; turn += 1) await chosen(ada, `many-${turn}`)
      const answers = await Promise.all(times(4, (turn) => choose(ada, `more-${turn}`)))
      for (const answer of answers) assertRefused(answer, 409, 'account.usernames_used_up')
      await chosen(ada, 'many-1')
      await chosen(await newcomer(scene), 'more-1')
    })

    test('is not changed by a stranger, by a proof that is old, or among other details', async () => {
      const ada = await newcomer(scene)
      const visitor = { ...ada, browser: scene.app.newBrowser() }
      assertRefused(await choose(visitor, 'stranger'), 401, 'auth.sign_in_required')
      const detail = await ada.browser.do('account.update-profile', { username: 'detail' })
      assertRefused(detail, 400, 'http.invalid_input')
      scene.app.clock.advance(minutes(11))
      assertRefused(await choose(ada, 'stale'), 403, 'auth.confirm_again')
      assert.equal(await nameOf(ada), null)
      const { email, password } = scene.owner
      await scene.owner.browser.do('sign-in.start', { email, password }, fromElsewhere())
    })
  },
  { settings: { LATCHKEY_USERNAMES_RESERVED: 'robot,backup-job' } },
)
