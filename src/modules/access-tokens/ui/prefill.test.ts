import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { nameMax } from '#web/lib/bounds.ts'
import { readPrefill, unknownOf } from './prefill.ts'

describe('a link that fills the form in', () => {
  test('is none when it asks for nothing', () => {
    assert.equal(readPrefill(''), null)
    assert.equal(readPrefill('?locale=ar'), null)
  })

  test('brings a name, scopes and a lifetime', () => {
    assert.deepEqual(readPrefill('?name=Deploy%20bot&scopes=account:read,mcp&expires=90d'), {
      name: 'Deploy bot',
      isNameCut: false,
      scopes: ['account:read', 'mcp'],
      expiry: '90',
      isExpiryUnknown: false,
    })
  })

  test('may repeat scopes instead of separating them', () => {
    const scopes = readPrefill('?scopes=mcp&scopes=account:read,%20mcp&scopes=')?.scopes
    assert.deepEqual(scopes, ['mcp', 'account:read'])
  })

  test('is text and nothing else', () => {
    const prefill = readPrefill(
      `?name=${encodeURIComponent('<script>alert(1)</script>')}&scopes=["mcp"]&expires=__proto__`,
    )
    assert.equal(prefill?.name, '<script>alert(1)</script>')
    assert.deepEqual(prefill?.scopes, ['["mcp"]'])
    assert.equal(prefill?.expiry, null)
    assert.equal(prefill?.isExpiryUnknown, true)
  })

  test('cannot hide anything behind control characters and direction overrides', () => {
    const name = 'safe\u202etxt.exe\u0000\n\u2066!'
    assert.equal(readPrefill(`?name=${encodeURIComponent(name)}`)?.name, 'safe txt.exe !')
  })

  test('is cut where the form ends, and never through a character', () => {
    const prefill = readPrefill(
      `?name=${encodeURIComponent(`${'x'.repeat(nameMax - 1)}🔑 and more`)}`,
    )
    assert.equal(prefill?.name, 'x'.repeat(nameMax - 1))
    assert.equal(prefill?.isNameCut, true)
    const many = Array.from({ length: 5000 }, (_, index) => `s${index}`).join(',')
    assert.equal(readPrefill(`?scopes=${many}`)?.scopes.length, 100)
  })

  test('names some of what is not offered, and counts the rest', () => {
    const asked = ['mcp', ...Array.from({ length: 8 }, (_, index) => `x${index}`)]
    const { shown, more } = unknownOf(asked, new Set(['mcp']))
    assert.deepEqual(shown, ['x0', 'x1', 'x2', 'x3', 'x4'])
    assert.equal(more, 3)
    assert.deepEqual(unknownOf(['y'.repeat(90)], new Set()).shown, [`${'y'.repeat(40)}…`])
    assert.deepEqual(unknownOf(['mcp'], new Set(['mcp'])), { shown: [], more: 0 })
  })

  test('stays within its limits whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (value) => {
        const query = new URLSearchParams({
          name: value.toWellFormed(),
          scopes: value.toWellFormed(),
        })
        const prefill = readPrefill(`?${query}`)
        assert.ok(prefill && prefill.name.length <= nameMax)
        assert.match(prefill.name, /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u)
        assert.ok(prefill.scopes.every((scope) => scope.length > 0 && scope.length <= 100))
      }),
    )
  })
})
