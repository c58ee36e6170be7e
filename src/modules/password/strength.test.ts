import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '@latchkey/kit'
import { times } from '#test/harness/scene.ts'
import { scorePassword } from './strength.ts'

/** Signs that can be read as letters in many ways, between what looks like dates and rows of keys. */
const hardToJudge =
  '62qwer4#^2{194#3qwer11.2[[6660!5abc8.#abc#91[[2{#abc[{91{1904(8@$5+7%2/^<6&9?1!|'
    .repeat(2)
    .slice(0, 128)

/** What came of it: a score, or the code of the refusal. Anything else is a fault. */
const outcome = async (password: string): Promise<string> => {
  try {
    return `score ${await scorePassword(password, ['violet', 'kettle'])}`
  } catch (error) {
    if (error instanceof Refusal) return error.spec.code
    throw error
  }
}

test('passwords made to be hard to judge keep nobody waiting who comes after them', async () => {
  await outcome('the worker has read its word lists')
  const since = performance.now()
  const flood = await Promise.all(times(200, () => outcome(hardToJudge)))
  const counts = Object.groupBy(flood, (one) => one)
  assert.equal(counts['score 4']?.length, 31, JSON.stringify(Object.keys(counts)))
  assert.equal(counts['http.busy']?.length, 169)
  assert.equal(await outcome('password1'), 'score 0')
  assert.ok(performance.now() - since < 30_000, 'what was refused is not worked through')
})

test('letters written as signs are still read as the word they make', async () => {
  for (const weak of ['p4$$w0rd1!', '5up3rm@n', '$t4rw4r5'])
    assert.match(await outcome(weak), /^score [01]$/, weak)
  assert.equal(await outcome('quartz-lantern-52-meadow-rift'), 'score 4')
})
