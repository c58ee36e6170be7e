import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Answer } from '#test/harness/client.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeApiKey, makeToken } from '#test/harness/keys.ts'
import { assertRefused, minutes, onEachEngine } from '#test/harness/scene.ts'
import { type SecondApp, startBeside } from '#test/harness/second.ts'

onEachEngine('a key on another process of the installation', (scene) => {
  if (scene.engine !== 'postgres') return
  let second: SecondApp
  before(async () => {
    second = await startBeside(scene.app)
  })
  after(() => second?.stop())
  const there = (key: string): Promise<Answer> =>
    second.twinOf(scene.app.newBrowser()).do('account.me', {}, { authorization: `Bearer ${key}` })
  /** Uses the token there a few times, so that anything a process might cache is cached. */
  const works = async (key: string): Promise<void> => {
    for (let warm = 0; warm < 5; warm += 1) assert.equal((await there(key)).status, 200)
  }
  const isDead = async (key: string): Promise<void> =>
    assertRefused(await there(key), 401, 'auth.key_invalid')

  test('is dead on the next request once it is revoked here (attack A78)', async () => {
    const ada = await newcomer(scene)
    const { token, id } = await makeToken(ada)
    const { key } = await makeApiKey(ada)
    await works(token)
    await works(key)
    await ada.browser.do('access-tokens.revoke', { tokenId: id })
    await isDead(token)
    await ada.browser.do('api-key.revoke')
    await isDead(key)
  })

  test('is dead there too when it is rotated, found in the open, or its owner is disabled', async () => {
    const ada = await newcomer(scene)
    const [rotated, found, left] = [
      await makeToken(ada),
      await makeToken(ada),
      await makeToken(ada),
    ]
    for (const { token } of [rotated, found, left]) await works(token)
    await ada.browser.do('access-tokens.rotate', { tokenId: rotated.id, overlap: 'none' })
    await isDead(rotated.token)
    await scene.app.newBrowser().do('leaked-keys.report', { tokens: [found.token] })
    await isDead(found.token)
    await scene.owner.browser.do('people.disable', { userId: ada.userId })
    await isDead(left.token)
  })

  test('expires there by the moment it is shown, with no job to help (attack A78)', async () => {
    const expiresAt = new Date(scene.app.clock.now() + minutes(5)).toISOString()
    const { token } = await makeToken(await newcomer(scene), { expiresAt })
    await works(token)
    scene.app.clock.advance(minutes(5))
    await isDead(token)
  })
})
