import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockPerson } from '#modules/person/api.ts'
import { createContext, systemActor } from '#platform/context.ts'
import type { Answer } from '#test/harness/client.ts'
import { newcomer } from '#test/harness/factors.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { onEachEngine } from '#test/harness/scene.ts'

/** Longer than judging and hashing a password takes. */
const untilItWaitsMs = 1000

onEachEngine('two changes of an account at once', (scene) => {
  const newPassword = 'granite-lantern-47-orchard'

  /** While another transaction locks the person's row, the calls arrive one by one and queue for it. */
  const pileUp = async (userId: string, calls: readonly (() => Promise<Answer>)[]) => {
    const system = createContext(scene.app.app.services, systemActor('test'))
    const underWay: Promise<Answer>[] = []
    await system.transaction(async (ctx) => {
      await lockPerson(ctx.db, userId)
      for (const call of calls) {
        underWay.push(call())
        await sleep(untilItWaitsMs)
      }
    })
    return Promise.all(underWay)
  }

  const assertOneWon = (answers: readonly Answer[]): void => {
    const statuses = answers.map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join())
    assert.ok(
      statuses.every((status) => status < 500),
      statuses.join(),
    )
  }

  const linkTo = async (email: string): Promise<string> =>
    tokenIn((await scene.app.mails()).findLast((mail) => mail.to === email))

  for (const first of ['change', 'reset'])
    test(`the password changed and reset, the ${first} first: neither waits for the other for ever`, async () => {
      const { browser, email, password, userId } = await newcomer(scene)
      await scene.app.newBrowser().do('password.request-reset', { email })
      const token = await linkTo(email)
      const change = () => browser.do('password.change', { currentPassword: password, newPassword })
      const reset = () => scene.app.newBrowser().do('password.reset', { token, newPassword })
      assertOneWon(await pileUp(userId, first === 'change' ? [change, reset] : [reset, change]))
    })

  test('a recovery taken back and stopped by the link of the mail', async () => {
    const { userId, email } = await newcomer(scene)
    assert.equal((await scene.owner.browser.do('recovery.start', { userId })).status, 200)
    const token = await linkTo(email)
    const answers = await pileUp(userId, [
      () => scene.owner.browser.do('recovery.cancel', { userId }),
      () => scene.app.newBrowser().do('recovery.stop-by-link', { token }),
    ])
    assertOneWon(answers)
  })
})
