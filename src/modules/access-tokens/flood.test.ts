import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newKey } from '#platform/crypto/key-format.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { assertRefused, countStatuses, onEachEngine, times } from '#test/harness/scene.ts'

const perAddress = 100

onEachEngine(
  'a flood of made-up tokens',
  (scene) => {
    const random = createRandom(Date.now)
    /** A value that could have been issued here, or one whose checksum proves that it was not. */
    const madeUp = (index: number): string => {
      const token = newKey(random, 'cfp_')
      return index % 2 === 0 ? token : `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
    }
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const show = (token: string, address: string) =>
      withToken(scene.app, token).do('account.me', undefined, from(address))

    test('is one address however many tokens it shows: none of them buys it more (A10)', async () => {
      const ada = await newcomer(scene)
      const { token } = await makeToken(ada, { scopes: ['account:read'] })
      const here = '203.0.113.7'
      const answers = []
      const startedAt = scene.app.clock.now()
      for (let index = 0; index < 500; index += 1) answers.push(await show(madeUp(index), here))
      const { 401: refused = 0, 429: limited = 0 } = countStatuses(answers)
      assert.equal(refused + limited, 500)
      // A slow machine may see more than one window.
      const windows = Math.floor((scene.app.clock.now() - startedAt) / 10_000) + 2
      assert.ok(limited > 0 && refused >= perAddress && refused <= perAddress * windows)
      assertRefused(answers[0] as (typeof answers)[number], 401, 'auth.key_invalid')
      const last = answers.findLast((answer) => answer.status === 429)
      assert.ok(Number(last?.headers['retry-after']) >= 1)
      assert.match(String(last?.headers['ratelimit-policy']), /^"address";/)
      assert.equal((await show(token, here)).status, 429, 'nor does a real one, from there')
      assert.equal((await show(token, '203.0.113.8')).status, 200)
    })

    test('leaves nothing behind for each token', async () => {
      const rows = async (): Promise<number> => {
        const found = await scene.app.db
          .withTables<{ guesses: { key: Uint8Array } }>()
          .selectFrom('guesses')
          .select('key')
          .execute()
        return found.length
      }
      const before = await rows()
      await Promise.all(times(50, (index) => show(madeUp(index), '203.0.113.9')))
      assert.equal(await rows(), before)
    })
  },
  { settings: { LATCHKEY_LIMITS_REQUESTS_PER_ADDRESS: String(perAddress) } },
)
