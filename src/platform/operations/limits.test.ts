import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '@latchkey/kit'
import sharp from 'sharp'
import type { Answer } from '#test/harness/client.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { assertRefused, fromElsewhere, onEachEngine, times } from '#test/harness/scene.ts'
import { refusals } from '../refusals.ts'
import { refusalProblem } from './problem.ts'

const registered = 'https://iana.org/assignments/http-problem-types'

const assertTooMany = (answer: Answer, policies: readonly string[]): void => {
  assertRefused(answer, 429, 'http.too_many_requests')
  assert.equal(answer.body.type, `${registered}#quota-exceeded`)
  assert.deepEqual(answer.body['violated-policies'], policies)
  for (const policy of policies)
    assert.ok(String(answer.headers['ratelimit-policy']).includes(`"${policy}";q=`), policy)
  assert.equal(answer.headers['retry-after'], String(answer.body.retryAfterSeconds))
}

const refusedOf = (answers: readonly Answer[]): Answer => {
  const found = answers.find((answer) => answer.status === 429)
  assert.ok(found, 'no call was one too many')
  return found
}

onEachEngine(
  'a program that calls too often is told by the type that programs know',
  (scene) => {
    test('and which limit it was', async () => {
      const person = await newcomer(scene)
      const { token } = await makeToken(person)
      const program = withToken(scene.app, token)
      const many = await Promise.all(times(9, () => program.do('account.me')))
      assertTooMany(refusedOf(many), ['key'])
    })

    test('after wrong guesses only with the limit of the address, whether there is an account or not', async () => {
      const person = await newcomer(scene)
      const told = async (email: string): Promise<object> => {
        const start = () =>
          scene.app
            .newBrowser()
            .do('sign-in.start', { email, password: 'not the one' }, fromElsewhere())
        let last = await start()
        for (let tries = 0; last.status !== 429 && tries < 20; tries += 1) last = await start()
        assertTooMany(last, ['sign-in.start'])
        const { instance: _, retryAfterSeconds: __, ...body } = last.body
        return { ...body, policy: last.headers['ratelimit-policy'] }
      }
      assert.deepEqual(await told(person.email), await told('nobody@example.com'))
    })
  },
  { settings: { LATCHKEY_LIMITS_REQUESTS_PER_KEY: '8' } },
)

onEachEngine(
  'a program that calls too much at once',
  (scene) => {
    test('is told how much it may', async () => {
      const { token } = await makeToken(scene.owner, { scopes: ['account:write'] })
      const program = withToken(scene.app, token)
      // Takes longer than the calls beside it.
      const content = await sharp({
        create: { width: 400, height: 400, channels: 3, background: 'red' },
      })
        .png()
        .toBuffer()
      const answers = await Promise.all(
        times(20, () => program.do('account.set-picture', { content })),
      )
      const refused = refusedOf(answers)
      assertTooMany(refused, ['key-at-once'])
      assert.equal(
        refused.headers['ratelimit-policy'],
        '"key-at-once";q=1;qu="concurrent-requests"',
      )
    })
  },
  { settings: { LATCHKEY_LIMITS_REQUESTS_AT_ONCE_PER_KEY: '1' } },
)

test('a server that is busy says so by the registered type, and keeps its own code', () => {
  const busy = refusalProblem(new Refusal(refusals.busy, { retryAfterSeconds: 2 }), 'req_1')
  assert.equal(busy.type, `${registered}#temporary-reduced-capacity`)
  assert.equal(busy.code, 'http.busy')
  assert.equal('violated-policies' in busy, false)
})
