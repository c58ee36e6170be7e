import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type Branch,
  coveredBy,
  essential,
  type TreeScope,
  toggled,
  treesOf,
} from './scope-tree.ts'

const ids = [
  'account:read',
  'account:write',
  'api:full',
  'mcp',
  'mcp:flows',
  'mcp:flows:read',
  'mcp:history:read',
]

const implies = (parent: string, id: string): boolean =>
  parent !== id && (id.startsWith(`${parent}:`) || (parent === 'api:full' && !/^mcp(:|$)/.test(id)))

const scopes: readonly TreeScope[] = ids.map((id) => ({
  id,
  implies: ids.filter((other) => implies(id, other)),
}))

const drawn = (branches: readonly Branch<TreeScope>[]): unknown[] =>
  branches.map(({ scope, children }) =>
    children.length === 0 ? scope.id : { [scope.id]: drawn(children) },
  )

const idsOf = (chosen: readonly TreeScope[]): readonly string[] => chosen.map(({ id }) => id)

describe('the tree of scopes', () => {
  test('has one group for the REST API and one for agents', () => {
    const { rest, agents } = treesOf(scopes)
    assert.deepEqual(drawn(rest), [{ 'api:full': ['account:read', 'account:write'] }])
    assert.deepEqual(drawn(agents), [
      { mcp: [{ 'mcp:flows': ['mcp:flows:read'] }, 'mcp:history:read'] },
    ])
  })

  test('puts a scope no other scope implies at the top', () => {
    const alone = [{ id: 'reports:read', implies: [] }]
    assert.deepEqual(drawn(treesOf(alone).rest), ['reports:read'])
    assert.deepEqual(treesOf([]), { rest: [], agents: [] })
  })

  test('says which chosen scope brings another along, the nearest of several', () => {
    const chosen = new Set(['mcp', 'mcp:flows'])
    assert.equal(coveredBy('mcp:flows:read', chosen, scopes)?.id, 'mcp:flows')
    assert.equal(coveredBy('mcp:flows', chosen, scopes)?.id, 'mcp')
    assert.equal(coveredBy('mcp', chosen, scopes), undefined)
    assert.equal(coveredBy('account:read', chosen, scopes), undefined)
    assert.equal(coveredBy('never:heard', chosen, scopes), undefined)
  })

  test('asks for nothing twice', () => {
    const chosen = new Set(['mcp:flows:read', 'mcp', 'account:read', 'never:heard'])
    assert.deepEqual(idsOf(essential(chosen, scopes)), ['account:read', 'mcp'])
  })

  test('remembers what was ticked below a scope that is taken back', () => {
    const before = new Set(['mcp:flows:read'])
    const wide = toggled(before, 'mcp')
    assert.deepEqual(idsOf(essential(wide, scopes)), ['mcp'])
    assert.deepEqual(toggled(wide, 'mcp'), before)
    assert.deepEqual(before, new Set(['mcp:flows:read']), 'the set it was given is left alone')
  })

  test('grants the same with and without what is implied, whatever was ticked', () => {
    const reach = (chosen: readonly string[]) =>
      ids.filter((id) => chosen.some((one) => one === id || implies(one, id)))
    fc.assert(
      fc.property(fc.subarray(ids), (chosen) => {
        const asked = idsOf(essential(new Set(chosen), scopes))
        assert.deepEqual(reach(asked), reach(chosen))
        for (const id of asked) assert.equal(coveredBy(id, new Set(asked), scopes), undefined)
      }),
    )
  })

  test('shows every scope exactly once', () => {
    const flat = (branches: readonly Branch<TreeScope>[]): string[] =>
      branches.flatMap(({ scope, children }) => [scope.id, ...flat(children)])
    fc.assert(
      fc.property(fc.shuffledSubarray(ids), (offered) => {
        const part = scopes.filter(({ id }) => offered.includes(id))
        const { rest, agents } = treesOf(part)
        assert.deepEqual([...flat(rest), ...flat(agents)].toSorted(), idsOf(part).toSorted())
      }),
    )
  })
})
