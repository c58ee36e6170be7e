import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineModule, type ModuleSpec } from '@latchkey/kit'
import { product } from '#test/harness/product.ts'
import { curePagesOf, pageOf } from './page-roles.ts'
import { buildRegistry } from './registry.ts'

const moduleWith = (change: Partial<ModuleSpec>): ModuleSpec =>
  defineModule({ name: 'things', summary: 'Things', ...change })

const atHome = moduleWith({ pages: ['/things'], pageRoles: { home: '/things' } })

test('a page is found by its role, whichever module has it', () => {
  assert.equal(pageOf(buildRegistry([atHome]), 'home'), '/things')
})

test('a role may stand on the page of another module', () => {
  const card = moduleWith({
    name: 'card',
    pageRoles: { 'change-password': { on: 'home', hash: 'password' } },
  })
  assert.equal(pageOf(buildRegistry([atHome, card]), 'change-password'), '/things#password')
})

test('two modules that claim one role stop the start', () => {
  const other = moduleWith({
    name: 'other',
    pages: ['/other'],
    pageRoles: { home: '/other' },
  })
  assert.throws(() => buildRegistry([atHome, other]), /two pages are "home"/)
})

test('a role for an address that its module does not serve stops the start', () => {
  const wrong = moduleWith({ pageRoles: { home: '/elsewhere' } })
  assert.throws(() => buildRegistry([wrong]), /does not serve it/)
})

test('a page the product cannot do without is missed at start', () => {
  assert.throws(() => pageOf(buildRegistry([atHome]), 'sign-in'), /no module has a page/)
})

test('each refusal that a page can cure leads to a page that is served', () => {
  const cures = curePagesOf(product.registry)
  assert.deepEqual([...cures.keys()].toSorted(), [
    'auth.confirm_again',
    'verify.second_factor_required',
  ])
  for (const page of cures.values())
    assert.ok(product.registry.pages.has(page.split('?')[0] ?? ''), page)
})
