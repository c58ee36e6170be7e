import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Entry } from '#platform/http/registry.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { onEachEngine } from '#test/harness/scene.ts'
import { assertNoFaults, assertNotFault, call, entriesOf, isOpen } from './calls.ts'

/** product.md, written down a second time on purpose: which scopes of a token open an operation that wants this one. */
const openedBy = (wanted: string): readonly string[] => {
  const words = wanted.split(':')
  const above = words.map((_, index) => words.slice(0, index + 1).join(':'))
  return words[0] === 'mcp' ? above : [...above, 'api:full']
}

const expected = (entry: Entry, scopes: readonly string[]): string => {
  const { access } = entry.operation
  if ('anyone' in access) return 'open'
  if (access.scope === undefined) return 'auth.session_only'
  if (access.scope === 'any') return 'open'
  return openedBy(access.scope).some((scope) => scopes.includes(scope))
    ? 'open'
    : 'auth.scope_missing'
}

const closing = ['auth.session_only', 'auth.scope_missing', 'auth.key_invalid', 'auth.not_allowed']

onEachEngine('every operation with every scope (attack A72)', (scene) => {
  after(() => assertNoFaults(scene.app))

  test('is open to a token exactly where its contract says so', async () => {
    const { scopes } = scene.app.app.door.registry.catalogue
    const ids = scopes.map((scope) => scope.id)
    const sets: readonly (readonly string[])[] = [[], ids, ...ids.map((id) => [id])]
    const person = await newcomer(scene, 'owner')
    for (const set of sets) {
      const program = withToken(scene.app, (await makeToken(person, { scopes: set })).token)
      for (const entry of entriesOf(scene)) {
        // Ends every key that is named in the body; with none it only says that one is missing.
        const answer = await call(program, entry)
        assertNotFault(answer, entry.operation.name)
        const got = closing.includes(answer.body.code) ? answer.body.code : 'open'
        assert.equal(
          `${entry.operation.name} with [${set}]: ${got}`,
          `${entry.operation.name} with [${set}]: ${expected(entry, set)}`,
        )
      }
    }
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

test('no operation that wants a fresh confirmation, and none about credentials, offers a scope', async () => {
  const { buildRegistry } = await import('#platform/http/registry.ts')
  const { modules } = await import('#app')
  const managing = [
    ...['password', 'two-factor', 'passkeys', 'recovery', 'access-tokens', 'api-key'],
    ...['sessions', 'sign-in'],
  ]
  for (const { module, operation } of buildRegistry(modules).entries) {
    if ('anyone' in operation.access) continue
    const { scope, assurance } = operation.access
    if (assurance === 'recently-confirmed' || managing.includes(module))
      assert.equal(scope, undefined, operation.name)
  }
})
