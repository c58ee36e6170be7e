import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, systemActor } from '#platform/context.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeApiKey, makeToken, withApiKey, withToken } from '#test/harness/keys.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { signIn } from '#test/harness/people.ts'
import {
  activityOf,
  assertRefused,
  fromElsewhere,
  hours,
  onEachEngine,
} from '#test/harness/scene.ts'
import { freshKey } from '#test/harness/ssh-keys.ts'
import { mailDueRecoveries } from './jobs.ts'

const fresh = 'granite-lantern-47-orchard'

onEachEngine('somebody who had the account before it was recovered', (scene) => {
  test('has no key left that acts for the person, and the person sees what ended', async () => {
    const ada = await newcomer(scene)
    const bob = await newcomer(scene)
    const left = await makeToken(ada, {
      name: 'Left behind',
      scopes: ['api:full'],
      expiresAt: null,
    })
    const rotated = await makeToken(ada, { name: 'Rotated', scopes: ['api:full'] })
    await ada.browser.do('access-tokens.rotate', { tokenId: rotated.id, overlap: '24-hours' })
    const { key } = await makeApiKey(ada)
    await ada.browser.do('account.choose-username', { username: 'ada' })
    const added = await ada.browser.do('ssh-keys.add', { publicKey: freshKey() })
    assert.equal(added.status, 200, added.text)
    const others = await makeToken(bob)
    const published = async () =>
      (
        await scene.app
          .newBrowser()
          .send({ method: 'GET', path: '/keys/ada', headers: { host: 'localhost' } })
      ).text
    assert.notEqual(await published(), '')

    const operator = await signIn(scene.app, scene.owner)
    assert.equal((await operator.do('recovery.start', { userId: ada.userId })).status, 200)
    scene.app.clock.advance(hours(24) - 1000)
    assert.equal((await withToken(scene.app, left.token).do('account.me')).status, 200)
    scene.app.clock.advance(1000)
    await mailDueRecoveries(createContext(scene.app.app.services, systemActor('recovery.mail-due')))
    const mail = (await scene.app.mails()).findLast((one) => /\/recover#/.test(one.link))
    const finished = await scene.app
      .newBrowser()
      .do('recovery.finish', { token: tokenIn(mail), newPassword: fresh }, fromElsewhere())
    assert.equal(finished.status, 200, finished.text)

    for (const program of [
      withToken(scene.app, left.token),
      withToken(scene.app, rotated.token),
      withApiKey(scene.app, key),
    ])
      assertRefused(await program.do('account.me'), 401, 'auth.key_invalid')
    assert.equal(await published(), '')
    assert.equal((await withToken(scene.app, others.token).do('account.me')).status, 200)
    const browser = await signIn(scene.app, { ...ada, password: fresh })
    const { tokens } = (await browser.do('access-tokens.list')).body
    const ended = tokens.find(({ id }: { readonly id: string }) => id === left.id)
    assert.deepEqual([ended.state, ended.revokedBecause], ['revoked', 'recovered'])
    assert.equal((await browser.do('api-key.read')).body.apiKey, null)
    assert.deepEqual((await browser.do('ssh-keys.list')).body.keys, [])
    const events = (await activityOf(browser)).map((act) => act.event)
    for (const event of ['user.token:revoked', 'user.api_key:revoked', 'user.ssh_key:removed'])
      assert.ok(events.includes(event), event)
  })
})
