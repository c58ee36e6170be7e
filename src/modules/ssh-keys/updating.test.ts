import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, systemActor } from '#platform/context.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import type { Person } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  countStatuses,
  days,
  faultsIn,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import { freshKey } from '#test/harness/ssh-keys.ts'
import { afterRestore } from './after-restore.ts'
import type { SshKey } from './contract.ts'
import { sshKeyRemoved, sshKeyShortened } from './events.ts'

onEachEngine('changing an SSH key', (scene) => {
  const added = async ({ browser }: Person, more: object = {}): Promise<SshKey> => {
    const answer = await browser.do('ssh-keys.add', { publicKey: freshKey(), ...more })
    assert.equal(answer.status, 200, answer.text)
    return answer.body
  }
  const update = ({ browser }: Pick<Person, 'browser'>, keyId: string, input: object) =>
    browser.do('ssh-keys.update', { keyId, ...input })
  const later = (ms: number): string => new Date(scene.app.clock.now() + ms).toISOString()
  const listed = async ({ browser }: Person): Promise<SshKey[]> =>
    (await browser.do('ssh-keys.list')).body.keys
  const mailsTo = async ({ email }: Person) =>
    (await scene.app.mails()).filter((mail) => mail.to === email).map((mail) => mail.subject)

  test('a new title is on the list and in what servers are told; nobody is written to', async () => {
    const ada = await newcomer(scene)
    const username = `ada-${scene.engine}`
    await ada.browser.do('account.choose-username', { username })
    const key = await added(ada)
    const before = (await mailsTo(ada)).length
    const written = await announcedBy(ada.browser, async () => {
      const { body } = await update(ada, key.id, { title: ' Desk ' })
      assert.deepEqual(body, { ...key, title: 'Desk' })
    })
    assert.deepEqual(written, ['user.ssh_key:updated success'])
    const [act] = await activityOf(ada.browser)
    const { type, fingerprint } = key
    const data = { name: 'Desk', formerName: key.title, type, fingerprint, expiresAt: null }
    assert.deepEqual(act?.data, data)
    assert.equal((await listed(ada))[0]?.title, 'Desk')
    const { text } = await scene.app.newBrowser().do('ssh-keys.publish', { username })
    assert.match(text, / Desk\n$/)
    assert.equal((await mailsTo(ada)).length, before)
  })

  test('a last day ends it, and a later one or none is written to its owner', async () => {
    const ada = await newcomer(scene)
    const { id } = await added(ada)
    const [soon, late] = [later(days(1)), later(days(9))]
    const written = await announcedBy(ada.browser, async () => {
      for (const expiresAt of [soon, late, null]) {
        const { body } = await update(ada, id, { expiresAt })
        assert.equal(body.expiresAt, expiresAt)
      }
      await update(ada, id, { expiresAt: null })
      await update(ada, id, {})
    })
    assert.deepEqual(written, [
      'user.ssh_key:shortened success',
      'user.ssh_key:updated success',
      'user.ssh_key:updated success',
    ])
    const subjects = (await mailsTo(ada)).slice(-2)
    assert.deepEqual(subjects, ['An SSH key works longer', 'An SSH key no longer expires'])
  })

  test('one that has expired works again with a later day', async () => {
    const ada = await newcomer(scene)
    const { id } = await added(ada, { expiresAt: later(minutes(1)) })
    scene.app.clock.advance(minutes(2))
    assert.equal((await listed(ada))[0]?.isExpired, true)
    const { body } = await update(ada, id, { expiresAt: later(days(1)) })
    assert.equal(body.isExpired, false)
    assert.equal((await mailsTo(ada)).at(-1), 'An SSH key works longer')
  })

  test('an end that has passed, an empty title and an unknown property are refused', async () => {
    const ada = await newcomer(scene)
    const key = await added(ada)
    const past = await update(ada, key.id, { expiresAt: later(-1000), title: 'x' })
    assertRefused(past, 422, 'ssh-keys.expiry_past')
    assert.match(faultsIn(await update(ada, key.id, { title: ' ' })).join(), /^\/title /)
    assert.match(faultsIn(await update(ada, key.id, { expiresAt: 'soon' })).join(), /^\/expiresAt /)
    assertRefused(await update(ada, key.id, { line: 'x' }), 400, 'http.invalid_input')
    assert.deepEqual(await listed(ada), [key])
  })

  test('no other user changes it, no token does, and an old proof is asked for again', async () => {
    const [ada, ben] = [await newcomer(scene), await newcomer(scene)]
    const key = await added(ada)
    assertRefused(await update(ben, key.id, { title: 'Mine' }), 404, 'ssh-keys.not_found')
    const { token } = await makeToken(ada, { scopes: ['api:full', 'account:ssh-keys'] })
    const program = { browser: withToken(scene.app, token) }
    assertRefused(await update(program, key.id, { title: 'Mine' }), 403, 'auth.session_only')
    scene.app.clock.advance(minutes(11))
    const stale = await update(ada, key.id, { expiresAt: null })
    assertRefused(stale, 403, 'auth.confirm_again')
    assert.deepEqual(await listed(ada), [key])
  })

  test('twenty at once: each is told what it made, and a deleted one does not come back', async () => {
    const ada = await newcomer(scene)
    const { id } = await added(ada)
    const answers = await Promise.all(times(20, (turn) => update(ada, id, { title: `T${turn}` })))
    assert.deepEqual(countStatuses(answers), { 200: 20 })
    const both = await Promise.all([
      ada.browser.do('ssh-keys.remove', { keyId: id }),
      update(ada, id, { title: 'Back' }),
    ])
    assert.equal(both[0].status, 200)
    assert.deepEqual(await listed(ada), [])
  })

  test('after a restore one that was deleted since is gone, and one that was to end sooner ends now', async () => {
    const ada = await newcomer(scene)
    const [gone, short, kept] = [await added(ada), await added(ada), await added(ada)]
    const acts: Readonly<Record<string, readonly string[]>> = {
      [sshKeyRemoved.code]: [gone.id],
      [sshKeyShortened.code]: [short.id],
    }
    const ctx = createContext(scene.app.app.services, systemActor('restore'))
    const done = await afterRestore(ctx, { targets: (code) => acts[code] ?? [] })
    assert.deepEqual(done, { sshKeys: 2 })
    const left = (await listed(ada)).map(({ id, isExpired }) => [id, isExpired])
    assert.deepEqual(left, [
      [kept.id, false],
      [short.id, true],
    ])
  })
})
