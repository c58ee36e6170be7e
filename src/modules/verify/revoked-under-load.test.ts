// long: more keys are revoked.
// own process: it loads the process on purpose.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latchkeyAlone } from '#test/harness/cli.ts'
import { newcomer } from '#test/harness/factors.ts'
import { type MadeToken, makeToken, withToken } from '#test/harness/keys.ts'
import { long } from '#test/harness/long.ts'
import type { Person } from '#test/harness/people.ts'
import { onEachEngine, times } from '#test/harness/scene.ts'

const askers = 24

/** What was asked and ended, in the order in which it was sent and answered. */
class History {
  #moment = 0
  readonly uses: { readonly id: string; readonly sent: number; readonly isLetIn: boolean }[] = []
  readonly ends = new Map<string, { readonly sent: number; readonly told: number }>()

  moment(): number {
    this.#moment += 1
    return this.#moment
  }
}

onEachEngine('while everybody asks at once', (scene) => {
  const make = async (person: Person, count: number): Promise<readonly MadeToken[]> => {
    const made: MadeToken[] = []
    for (let index = 0; index < count; index++) made.push(await makeToken(person))
    return made
  }

  /** Asks for each token in turn, many at a time, until `work` is done. */
  const under = async (tokens: readonly MadeToken[], work: (history: History) => Promise<void>) => {
    const history = new History()
    let isOver = false
    const asking = times(askers, async (index) => {
      for (let turn = index; !isOver; turn++) {
        const { token, id } = tokens[turn % tokens.length] as MadeToken
        const sent = history.moment()
        const { status } = await withToken(scene.app, token).do('verify.check')
        history.uses.push({ id, sent, isLetIn: status === 200 })
      }
    })
    await work(history)
    isOver = true
    await Promise.all(asking)
    return history
  }

  const noneAfterItsEnd = ({ uses, ends }: History): void => {
    for (const [id, { sent, told }] of ends) {
      const ofIt = uses.filter((use) => use.id === id)
      assert.ok(ofIt.filter((use) => use.sent < sent).some((use) => use.isLetIn))
      const later = ofIt.filter((use) => use.sent > told)
      assert.ok(later.length > 0)
      assert.ok(
        later.every((use) => !use.isLetIn),
        id,
      )
    }
  }

  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  /** Ends the token after it was accepted once, and waits for a question that was sent after the end. */
  const ending = async (history: History, id: string, end: () => Promise<unknown>) => {
    const asked = (since: number) => history.uses.some((use) => use.id === id && use.sent > since)
    await until(() => asked(0))
    const sent = history.moment()
    await end()
    const told = history.moment()
    history.ends.set(id, { sent, told })
    await until(() => asked(told))
  }

  test('a key that was revoked is let in by no question sent after that was said', async () => {
    const ada = await newcomer(scene)
    const count = long(10, 4)
    const tokens = await make(ada, count)
    const history = await under(tokens, async (history) => {
      for (const { id } of tokens.slice(1))
        await ending(history, id, () => ada.browser.do('access-tokens.revoke', { tokenId: id }))
    })
    assert.equal(history.ends.size, count - 1)
    noneAfterItsEnd(history)
  })

  test('nor when it was another process that revoked it', async () => {
    const tokens = await make(await newcomer(scene), long(4, 2))
    const { dataDir, databaseUrl } = scene.app
    const settings = databaseUrl ? { LATCHKEY_DATABASE_URL: databaseUrl } : {}
    const history = await under(tokens, async (history) => {
      for (const { id } of tokens.slice(1))
        await ending(history, id, async () => {
          const said = await latchkeyAlone({ dataDir, settings }, 'token', 'revoke', id)
          assert.equal(said.code, 0, said.stderr)
        })
    })
    noneAfterItsEnd(history)
  })
})
