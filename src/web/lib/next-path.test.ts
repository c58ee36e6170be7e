import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'
import { entrances, pageRoles } from '#modules/sign-in/contract.ts'

const origin = 'https://id.example.com'
const home = '/admin/account/profile'

// What the build makes of the contracts, said by hand.
const source = `export const entrances = ${JSON.stringify(entrances)}
export const pageAs = ${JSON.stringify({ ...pageRoles, home })}`
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'virtual:rest-lines'
      ? {
          url: `data:text/javascript,${encodeURIComponent(source)}`,
          format: 'module',
          shortCircuit: true,
        }
      : next(specifier, context),
})
const { safeNext } = await import('./next-path.ts')

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
