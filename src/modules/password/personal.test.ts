import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isPersonal, type Personal, personalWords } from './personal.ts'

const lengthMin = 8
const personal = (password: string, person: Personal): boolean =>
  isPersonal(password, personalWords(person), lengthMin)

const ada = { name: 'Ada Lovelace', email: 'ada@example.com' }
const jonathan = { name: 'Jonathan Livingston', email: 'jonathan.livingston@example.com' }
const bob = { name: 'Bob Lee', email: 'bl@kestrel.example' }
const jose = { name: 'José Ångström', email: 'ja@kestrel.example' }
const jurgen = { name: 'Jürgen Groß', email: 'jg@xn--mnchen-3ya.example' }
const acme = { organisation: 'The Harbour Works', host: 'account.lighthouse.example' }

const made: readonly [string, Personal][] = [
  ['ada@example.com', ada],
  ['ada2@example.com', ada],
  ['ADA2@EXAMPLE.COM', ada],
  ['ada.......@example.com', ada],
  ['lovelace ada', ada],
  ['Love-lace_1815', ada],
  ['jonathan.livingston@example.com', jonathan],
  ['jonathan.livingston@example.com', { ...jonathan, email: 'jl@kestrel.example' }],
  ['Jonathan Livingston', { ...jonathan, email: 'jl@kestrel.example' }],
  ['ｊｏｎａｔｈａｎ９', jonathan],
  ['boblee12', bob],
  ['lee99bob', bob],
  ['bob.lee-bob.lee', bob],
  ['joseangstrom', jose],
  ['JOSÉ ÅNGSTRÖM', jose],
  ['jose\u0301angstro\u0308m', jose],
  ['juergen gross', { ...jurgen, name: 'Juergen Groß' }],
  ['JURGEN.GROSS', jurgen],
  ['münchen72', jurgen],
  ['harbourworks1', acme],
  ['the harbour 1', acme],
  ['account.lighthouse', acme],
  ['lighthouse.example', acme],
  ['latchkey1', {}],
]
for (const [password, person] of made)
  test(`“${password}” is made of what is known of ${person.name ?? person.organisation ?? 'the place'}`, () => {
    assert.equal(personal(password, person), true)
  })

const own: readonly [string, Personal][] = [
  ['a long phrase with the name in it', ada],
  ['duval-granite-lantern', { name: 'Marguerite Duval', email: 'm.duval@kestrel.example' }],
  ['marguerite kT9#vq2L', { name: 'Marguerite Duval' }],
  ['xBo7#kQ2zL', { name: 'Bo Li', email: 'bo@li.co' }],
  ['bob🦊🌋🧊🪁🛶🥝🎺🧭', bob],
  ['granite lantern orchard', acme],
  ['ferry at the quay 9', acme],
  ['', ada],
]
for (const [password, person] of own)
  test(`“${password}” is not only ${person.name ?? person.organisation}`, () => {
    assert.equal(personal(password, person), false)
  })

const word = fc.constantFrom(
  ...'granite lantern orchard pewter compass thistle ferry kettle moss violet anvil carousel'.split(
    ' ',
  ),
)
const phrase = fc.array(word, { minLength: 4, maxLength: 8 }).map((words) => words.join(' '))
const name = fc.array(fc.stringMatching(/^[a-zA-ZÀ-ž]{1,12}$/), { minLength: 1, maxLength: 4 })
const person = fc.record({
  name: name.map((parts) => parts.join(' ')),
  email: fc.emailAddress({ size: 'small' }),
  organisation: name.map((parts) => parts.join(' ')),
})
const random = fc.array(
  fc.integer({ min: 0, max: 35 }).map((digit) => digit.toString(36)),
  {
    minLength: 40,
    maxLength: 80,
  },
)

test('a long random password is never called personal, whoever it is', () => {
  fc.assert(
    fc.property(random, person, (digits, about) => {
      // Two letters of a name occur everywhere; that half of forty random ones are names does not happen.
      fc.pre(new Set(digits).size > 15)
      assert.equal(personal(digits.join(''), about), false)
    }),
  )
})

test('a phrase of words stays fine with a name before, after and within', () => {
  fc.assert(
    fc.property(phrase, (words) => {
      const [first = '', ...rest] = words.split(' ')
      for (const password of [
        `Lovelace ${words}`,
        `${words} lovelace`,
        `${first} Ada Lovelace ${rest.join(' ')}`,
      ])
        assert.equal(personal(password, ada), false, password)
    }),
  )
})

test('however a name is written, spaced and numbered, it is no password', () => {
  const gap = fc.constantFrom('', ' ', '.', '-', '_', '+', '…')
  const style = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => text.normalize('NFD'),
    (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, ''),
  )
  fc.assert(
    fc.property(gap, style, fc.integer({ min: 0, max: 9999 }), (between, styled, number) => {
      const typed = styled(['José', 'Ångström'].join(between))
      assert.equal(personal(`${typed}${number}`, jose), true)
      assert.equal(personal(`${number}${between}${typed}`, jose), true)
    }),
  )
})
