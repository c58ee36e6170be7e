import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digitsIn } from './digits.ts'

test('a code is read however it was typed or pasted', () => {
  for (const typed of ['123456', '123 456', ' 123-456\n', '１２３４５６', '١٢٣٤٥٦', '۱۲۳۴۵۶'])
    assert.equal(digitsIn(typed), '123456', typed)
})

test('what is no digit and what is too much is left out', () => {
  assert.equal(digitsIn('12a4'), '124')
  assert.equal(digitsIn('1234567'), '123456')
  assert.equal(digitsIn(''), '')
})
