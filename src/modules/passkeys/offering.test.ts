import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newcomer } from '#test/harness/factors.ts'
import { signIn } from '#test/harness/people.ts'
import { announcedBy, minutes, onEachEngine } from '#test/harness/scene.ts'

onEachEngine('the suggestion of a passkey', (scene) => {
  test('a user who said “not now” in one browser is asked in no other, and no other user is meant', async () => {
    const person = await newcomer(scene)
    const other = await newcomer(scene)
    const elsewhere = await signIn(scene.app, person)
    const status = async (browser = elsewhere) => (await browser.do('passkeys.read-offer')).body
    assert.deepEqual(await status(), { dismissedAt: null })
    const written = await announcedBy(person.browser, async () => {
      const { status, body } = await person.browser.do('passkeys.dismiss-offer')
      assert.equal(status, 200)
      assert.notEqual(body.dismissedAt, null)
    })
    assert.deepEqual(written, [])
    const { dismissedAt } = await status()
    assert.notEqual(dismissedAt, null)
    assert.deepEqual(await status(other.browser), { dismissedAt: null })
    scene.app.clock.advance(minutes(1))
    const again = await elsewhere.do('passkeys.dismiss-offer')
    assert.deepEqual(again.body, { dismissedAt }, 'saying it twice changes nothing')
  })
})
