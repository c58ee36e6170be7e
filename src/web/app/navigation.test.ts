import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FoundPage } from './modules.ts'
import { isAccountPath, isEntry, landingPath, navigationFor, pageAt } from './navigation.ts'

const page = (path: string, own: Partial<FoundPage>): FoundPage => ({
  path,
  area: 'account',
  group: 'you',
  titleKey: 'title',
  icon: () => null,
  order: 10,
  needs: 'account.view',
  load: async () => () => null,
  module: 'test',
  ...own,
})

const pages = [
  page('/keys', { group: 'keys' }),
  page('/second', { order: 20 }),
  page('/first', {}),
  page('/people', { area: 'organisation', group: 'people', needs: 'people.view' }),
  page('/odd', { group: 'unheard-of' }),
]
const paths = (held: readonly string[]) =>
  navigationFor(pages, held).account.flatMap((group) => group.pages.map(({ path }) => path))

describe('the menu', () => {
  it('follows the order of groups, then the order within each, unknown groups last', () => {
    assert.deepEqual(paths(['comerix.account.view']), ['/first', '/second', '/keys', '/odd'])
  })
  it('leaves out what the person may not see', () => {
    assert.deepEqual(navigationFor(pages, ['comerix.account.view']).organisation, [])
  })
  it('leaves out a page within another, which the palette still finds', () => {
    const inner = page('/keys/new', { group: 'keys', order: 11, within: '/keys' })
    const [group] = navigationFor([...pages, inner], ['x.account.view']).account.filter(
      ({ name }) => name === 'keys',
    )
    assert.deepEqual(
      group?.pages.map(({ path }) => path),
      ['/keys', '/keys/new'],
    )
    assert.deepEqual(
      group?.pages.filter(isEntry).map(({ path }) => path),
      ['/keys'],
    )
  })
  it('knows a permission under any namespace, and only whole', () => {
    assert.deepEqual(paths(['acme.id.account.view']).length, 4)
    assert.deepEqual(paths(['comerix.account.viewer', 'comerix.myaccount.view']), [])
  })
})

describe('places', () => {
  const navigation = navigationFor(pages, ['x.account.view', 'x.people.view'])
  it('somebody who asked for nothing lands on the first page of their account', () => {
    assert.equal(landingPath(navigation), '/first')
    assert.equal(landingPath(navigationFor(pages, [])), null)
  })
  it('a trailing slash is the same page', () => {
    assert.equal(pageAt(pages, '/first/')?.path, '/first')
    assert.equal(pageAt(pages, '/nowhere'), null)
  })
  it('the account has its own menu', () => {
    assert.equal(isAccountPath('/keys', navigation), true)
    assert.equal(isAccountPath('/people', navigation), false)
  })
})
