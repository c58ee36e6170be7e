import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { hasKeyForm, lastFour, newKey } from './key-format.ts'
import { createRandom } from './random.ts'

const random = createRandom(Date.now)
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

describe('the form of a key', () => {
  test('is the prefix, 30 characters and their CRC-32 in 6', () => {
    for (let round = 0; round < 200; round += 1) {
      const key = newKey(random, 'cfp_')
      assert.match(key, /^cfp_[0-9A-Za-z]{36}$/)
      const value = [...key.slice(-6)].reduce((sum, one) => sum * 62 + alphabet.indexOf(one), 0)
      assert.equal(value, crc32(key.slice(4, 34)))
      assert.ok(hasKeyForm(key, 'cfp_'))
      assert.equal(lastFour(key), key.slice(36))
    }
  })

  test('any one character changed, added or left out is noticed', () => {
    fc.assert(
      fc.property(
        fc.nat(39),
        fc.constantFrom(...alphabet, '-', ' ', '\n', 'é'),
        fc.constantFrom('change', 'add', 'drop'),
        (at, character, how) => {
          const key = newKey(random, 'cfp_')
          const tail = { change: key.slice(at + 1), add: key.slice(at), drop: key.slice(at + 1) }
          const changed = key.slice(0, at) + (how === 'drop' ? '' : character) + tail[how]
          if (changed !== key) assert.equal(hasKeyForm(changed, 'cfp_'), false, changed)
        },
      ),
      { numRuns: 5000 },
    )
  })

  test('another prefix is another kind of key', () => {
    assert.equal(hasKeyForm(newKey(random, 'cfk_'), 'cfp_'), false)
    for (const value of ['', 'cfp_', `cfp_${'0'.repeat(30)}`, 'x'.repeat(10_000)])
      assert.equal(hasKeyForm(value, 'cfp_'), false)
  })

  test('uses every character about equally often', () => {
    const counts = new Map<string, number>()
    for (let round = 0; round < 4000; round += 1)
      for (const one of newKey(random, 'x').slice(1, 31))
        counts.set(one, (counts.get(one) ?? 0) + 1)
    assert.equal(counts.size, 62)
    const mean = (4000 * 30) / 62
    for (const [one, count] of counts)
      assert.ok(Math.abs(count - mean) < mean * 0.15, `${one}: ${count} of ${mean}`)
  })
})
