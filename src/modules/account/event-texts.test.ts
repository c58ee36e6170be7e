import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { product } from '#test/harness/product.ts'
import texts from './ui/texts/en.json' with { type: 'json' }

const { modules } = product

const keyOf = (code: string): string => code.replace(/[.:]/g, '_')

describe('what happened to an account is said in the words of the page', () => {
  const codes = modules.flatMap((module) => (module.events ?? []).map((event) => event.code))

  test('every event the product can write down has a text', () => {
    const missing = codes.filter((code) => !Object.hasOwn(texts.activity, keyOf(code)))
    assert.deepEqual(missing, [], 'add it to “activity” in src/modules/account/ui/texts/en.json')
  })

  test('no two events share a key, and no text is left over', () => {
    const keys = codes.map(keyOf)
    assert.equal(new Set(keys).size, new Set(codes).size)
    const unused = Object.keys(texts.activity).filter((key) => !keys.includes(key))
    assert.deepEqual(unused, [])
  })
})
