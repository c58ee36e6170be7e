import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Entry } from '#platform/operations/registry.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeApiKey, makeToken, type Program, withApiKey, withToken } from '#test/harness/keys.ts'
import { product } from '#test/harness/product.ts'
import { onEachEngine } from '#test/harness/scene.ts'
import { assertNoFaults, assertNotFault, call, entriesOf, isOpen } from './calls.ts'
import { loadFixtures, placeFor } from './module-fixtures.ts'

const { registry } = product

/** Written down a second time on purpose: which scopes of a token open an operation that wants this one. */
const openedBy = (wanted: string): readonly string[] => {
  const words = wanted.split(':')
  const above = words.map((_, index) => words.slice(0, index + 1).join(':'))
  return words[0] === 'mcp' ? above : [...above, 'api:full']
}

type Key = { readonly scopes: readonly string[]; readonly may: (permission: string) => boolean }

/** Role ∩ scopes; a missing scope is said first. */
const expected = (entry: Entry, { scopes, may }: Key): string => {
  const { access } = entry.operation
  if (!('permission' in access)) return 'open'
  if (access.scope === undefined) return 'auth.session_only'
  const { scope: wanted } = access
  const isGranted = wanted === 'any' || openedBy(wanted).some((scope) => scopes.includes(scope))
  if (!isGranted) return 'auth.scope_missing'
  return may(access.permission) ? 'open' : 'auth.not_allowed'
}

const closing = ['auth.session_only', 'auth.scope_missing', 'auth.key_invalid', 'auth.not_allowed']

onEachEngine('every operation with every scope (attack A72)', (scene) => {
  after(() => assertNoFaults(scene.app))

  const roles = ['owner', 'admin', 'member', 'viewer'] as const
  const mayOf =
    (role: string): Key['may'] =>
    (permission) =>
      scene.app.app.runtime.registry.permissionsOf(role).has(permission)

  const assertOpensTo = async (
    program: Program,
    key: Key & { readonly holder: string },
    entries = entriesOf(scene),
  ): Promise<void> => {
    for (const entry of entries) {
      // Ends every key that is named in the body; with none it only says that one is missing.
      const answer = await call(program, entry)
      assertNotFault(answer, entry.operation.name)
      const got = closing.includes(answer.body.code) ? answer.body.code : 'open'
      assert.equal(
        `${entry.operation.name} for ${key.holder} with [${key.scopes}]: ${got}`,
        `${entry.operation.name} for ${key.holder} with [${key.scopes}]: ${expected(entry, key)}`,
      )
    }
  }

  for (const role of roles)
    test(`is open to a token of the role ${role} exactly where role and scope both say so`, async () => {
      const { scopes } = scene.app.app.runtime.registry.catalogue
      const ids = scopes.map((scope) => scope.id)
      const sets: readonly (readonly string[])[] = [[], ids, ...ids.map((id) => [id])]
      const person = await newcomer(scene, role)
      // What is open to anyone does not look at the role: once is enough.
      const entries = entriesOf(scene).filter((entry) => role === 'owner' || !isOpen(entry))
      for (const set of sets) {
        const program = withToken(scene.app, (await makeToken(person, { scopes: set })).token)
        await assertOpensTo(program, { holder: role, scopes: set, may: mayOf(role) }, entries)
      }
    })

  test('is open to the API key where it is to a token with api:full, Basic or Bearer', async () => {
    for (const role of roles) {
      const person = await newcomer(scene, role)
      const { key } = await makeApiKey(person)
      const rights = { holder: role, scopes: ['api:full'], may: mayOf(role) }
      for (const program of [withApiKey(scene.app, key), withApiKey(scene.app, key, person.email)])
        await assertOpensTo(program, rights)
    }
  })

  test('as the list of people is: to who may see them and a key that may read them', async () => {
    const [ada, carl] = [await newcomer(scene, 'member'), await newcomer(scene, 'viewer')]
    const { token } = await makeToken(ada, { scopes: ['people:read'] })
    const { status, body } = await withToken(scene.app, token).do('people.list')
    assert.equal(status, 200)
    assert.ok(body.people.some((one: { userId: string }) => one.userId === carl.userId))
    const { key } = await makeApiKey(ada)
    const basic = await withApiKey(scene.app, key, ada.email).do('people.list')
    assert.equal(basic.status, 200, basic.text)
    const other = await makeToken(carl, { scopes: ['people:read'] })
    const refused = await withToken(scene.app, other.token).do('people.list')
    assert.equal(refused.body.code, 'auth.not_allowed')
  })

  test('refuses a token that is none, unless it is open to anyone', async () => {
    const made = await makeToken(scene.owner)
    await scene.owner.browser.do('access-tokens.revoke', { tokenId: made.id })
    const program = withToken(scene.app, made.token)
    for (const entry of entriesOf(scene)) {
      const { status, body } = await call(program, entry)
      const got = body.code === 'auth.key_invalid'
      assert.equal(got, !isOpen(entry), `${entry.operation.name}: ${status} ${body.code}`)
    }
  })
})

test('no key reaches what wants a fresh confirmation or is about credentials; everything else offers a scope', async () => {
  const all = await loadFixtures(product.modules)
  for (const { module, operation } of registry.entries) {
    if (!('permission' in operation.access)) continue
    const { scope, assurance } = operation.access
    const isClosed =
      assurance === 'recently-confirmed' || all.get(module)?.closedToKeys !== undefined
    const place = placeFor('closedToKeys', module)
    assert.equal(scope === undefined, isClosed, `${operation.name} needs a scope, or ${place}`)
  }
  const closed = [...all].filter(([, { closedToKeys }]) => closedToKeys !== undefined)
  assert.ok(closed.length > 5)
})
