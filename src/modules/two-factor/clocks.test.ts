import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  codeAt,
  finishWith,
  type Guarded,
  newcomerWithApp,
  startPending,
} from '#test/harness/factors.ts'
import { assertRefused, minutes, onEachEngine } from '#test/harness/scene.ts'

onEachEngine('codes of apps, where a clock is wrong', (scene) => {
  let ada: Guarded
  const someone = async (): Promise<Guarded> => {
    ada ??= await newcomerWithApp(scene)
    scene.app.clock.advance(minutes(16))
    return ada
  }
  const codeNow = (person: Guarded) => codeAt(person.phone.secret, scene.app.clock.now())

  test('an app whose clock goes ever further ahead stays good, and a code still works once', async () => {
    const person = await someone()
    for (const ahead of [1, 1, 2, 2, 3]) {
      scene.app.clock.advance(minutes(16))
      const code = codeAt(person.phone.secret, scene.app.clock.now() + ahead * 30_000)
      const browser = await startPending(scene.app, person)
      assert.equal((await finishWith(browser, 'totp', code)).status, 200, `${ahead} ahead`)
      const again = await startPending(scene.app, person)
      assertRefused(await finishWith(again, 'totp', code), 401, 'sign-in.second_step_failed')
    }
    // The clock of the phone is set right: one step back each time, as far as it went.
    for (const ahead of [2, 1, 1, 0, 0]) {
      scene.app.clock.advance(minutes(16))
      const code = codeAt(person.phone.secret, scene.app.clock.now() + ahead * 30_000)
      const browser = await startPending(scene.app, person)
      assert.equal((await finishWith(browser, 'totp', code)).status, 200, `${ahead} ahead again`)
    }
  })

  test('after the clock of the server was set back by two hours, codes are good, each once', async () => {
    const person = await someone()
    const before = await startPending(scene.app, person)
    assert.equal((await finishWith(before, 'totp', codeNow(person))).status, 200)
    scene.app.clock.advance(-minutes(120))
    const code = codeNow(person)
    const browser = await startPending(scene.app, person)
    assert.equal((await finishWith(browser, 'totp', code)).status, 200)
    const again = await startPending(scene.app, person)
    assertRefused(await finishWith(again, 'totp', code), 401, 'sign-in.second_step_failed')
    scene.app.clock.advance(minutes(120))
  })
})
