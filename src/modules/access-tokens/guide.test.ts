import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { hasKeyForm, newKey } from '#platform/crypto/key-format.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { tokenPrefix } from './authenticator.ts'
import { scopes } from './contract.ts'

const guide = readFileSync(
  new URL('../../../docs/guides/access-tokens.md', import.meta.url),
  'utf8',
)
const random = createRandom(Date.now)

test('the pattern published for secret scanners finds every token', () => {
  const patterns = [...guide.matchAll(/cfp_\[0-9A-Za-z\]\{\d+\}/g)].map(([pattern]) => pattern)
  assert.equal(patterns.length, 3, 'plain, GitHub and gitleaks')
  for (const pattern of patterns) {
    const token = newKey(random, tokenPrefix)
    assert.equal(new RegExp(pattern).exec(`key: "${token}",`)?.[0], token)
  }
})

test('the example of a checksum in the guide is right', () => {
  const found = /thirty times `0` has the checksum `(\w{6})`/.exec(guide)?.[1]
  assert.equal(hasKeyForm(`${tokenPrefix}${'0'.repeat(30)}${found}`, tokenPrefix), true)
})

test('the guide names no scope that no module offers', () => {
  const known = new Set<string>([...scopes.map(({ id }) => id), 'account:read', 'account:write'])
  const named = [...guide.matchAll(/`((?:mcp|api|account):[a-z:]+)`/g)].map(([, id]) => id ?? '')
  assert.ok(named.length > 5)
  assert.deepEqual(
    named.filter((id) => !known.has(id)),
    [],
  )
})
