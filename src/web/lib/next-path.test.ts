import assert from 'node:assert/strict'
import { test } from 'node:test'
import { safeNext } from './next-path.ts'

const origin = 'https://id.example.com'
const home = '/admin/account/profile'

test('a path of this site is kept with its query and fragment', () => {
  assert.equal(safeNext('/admin/people?after=x#row', origin), '/admin/people?after=x#row')
})

const refused = [
  null,
  '',
  'admin',
  'https://evil.example',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/a\\b',
  '/.//evil.example',
  '/%2e//evil.example',
  '/..//evil.example',
  'javascript:alert(1)',
  ' //evil.example',
  '/\u0000',
  '/login',
  '/login?next=/login',
  '/setup',
  '//[',
]
for (const wanted of refused) {
  test(`${JSON.stringify(wanted)} leads to the profile`, () => {
    assert.equal(safeNext(wanted, origin), home)
  })
}
