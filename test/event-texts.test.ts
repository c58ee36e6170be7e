import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { product } from '#test/harness/product.ts'

const { modules } = product

const folder = join(import.meta.dirname, '../src/modules')

type Texts = { readonly events?: Readonly<Record<string, string>> }

const keyOf = (code: string): string => code.replace(/[.:]/g, '_')
const textsIn = (file: string): Readonly<Record<string, string>> =>
  (JSON.parse(readFileSync(file, 'utf8')) as Texts).events ?? {}

describe('what happened to an account is said in the words of the module it happened in', () => {
  for (const { name, events = [] } of modules) {
    const keys = events.map(({ code }) => keyOf(code))
    const files = globSync(join(folder, name, 'ui/texts/*.json'))

    test(`${name} has a text for each of its events in each of its languages, and none left over`, () => {
      if (keys.length > 0) assert.ok(files.some((file) => basename(file) === 'en.json'))
      for (const file of files) {
        const texts = textsIn(file)
        assert.deepEqual(Object.keys(texts).toSorted(), keys.toSorted(), file)
        for (const [key, text] of Object.entries(texts)) assert.notEqual(text.trim(), '', key)
      }
    })
  }

  test('every event is in a group and has a picture', () => {
    const events = modules.flatMap((module) => module.events ?? [])
    assert.ok(events.length > 40)
    for (const { code, group, icon } of events) assert.ok(group && icon, code)
  })

  test('no two events share a text', () => {
    const keys = modules.flatMap((module) => module.events ?? []).map(({ code }) => keyOf(code))
    assert.equal(new Set(keys).size, keys.length)
  })
})
