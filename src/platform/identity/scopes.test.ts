import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { product } from '#test/harness/product.ts'
import { grants } from './scopes.ts'

const { registry } = product

const offered = registry.catalogue.scopes.map((scope) => scope.id)
const anyScope = fc.constantFrom(...offered)
const anySet = fc.uniqueArray(anyScope).map((list) => new Set(list))

describe('what a set of scopes grants', () => {
  test('is what the guide to access tokens says, word for word', () => {
    const agentScopes = offered.filter((scope) => scope === 'mcp' || scope.startsWith('mcp:'))
    for (const scope of offered) {
      assert.equal(grants(new Set(['mcp']), scope), agentScopes.includes(scope), `mcp → ${scope}`)
      assert.equal(grants(new Set(['api:full']), scope), !agentScopes.includes(scope), scope)
    }
    for (const group of ['analytics', 'connections', 'flows']) {
      const leaves = offered.filter((scope) => scope.startsWith(`mcp:${group}:`))
      assert.ok(leaves.length > 0, group)
      for (const scope of offered)
        assert.equal(
          grants(new Set([`mcp:${group}`]), scope),
          scope === `mcp:${group}` || leaves.includes(scope),
          `mcp:${group} → ${scope}`,
        )
    }
    assert.equal(grants(new Set(['account:write']), 'account:read'), false)
    assert.equal(grants(new Set(['mcp:flows:read']), 'mcp:flows'), false)
    assert.equal(grants(new Set(['mcp:flow']), 'mcp:flows:read'), false)
    assert.equal(grants(new Set(['mc']), 'mcp'), false)
    assert.equal(grants(new Set(['']), 'mcp'), false)
  })

  test('grows with the set, and never past what its members grant one by one', () => {
    fc.assert(
      fc.property(anySet, anyScope, anyScope, (set, more, wanted) => {
        const alone = [...set].some((scope) => grants(new Set([scope]), wanted))
        assert.equal(grants(set, wanted), alone)
        if (grants(set, wanted)) assert.ok(grants(new Set([...set, more]), wanted))
      }),
      { numRuns: 3000 },
    )
  })

  test('is closed: what is granted grants nothing that was not granted before', () => {
    fc.assert(
      fc.property(anySet, anyScope, anyScope, (set, middle, wanted) => {
        if (grants(set, middle) && grants(new Set([middle]), wanted))
          assert.ok(grants(set, wanted), `${[...set]} → ${middle} → ${wanted}`)
      }),
      { numRuns: 3000 },
    )
  })

  test('includes each of its own members, and an empty set grants nothing', () => {
    for (const scope of offered) {
      assert.ok(grants(new Set([scope]), scope))
      assert.equal(grants(new Set(), scope), false)
    }
  })
})
