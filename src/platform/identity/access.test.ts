import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Access, type Actor, type AuthMethod, type Person, Refusal } from '@latchkey/kit'
import { personActor } from '#test/harness/basis.ts'
import { availableMethods, confirmingMethods } from './methods.ts'
import { confirmationMs, confirmedAt, requireAccess, requireAssurance } from './require-access.ts'

const now = 1_000_000_000
const person = (change: Partial<Person> = {}): Person => ({
  ...(personActor('usr_1') as Person),
  ...change,
})
const key = (scopes: readonly string[]): Person =>
  person({ kind: 'token', scopes: new Set(scopes) })
const visitor: Actor = { kind: 'visitor', client: person().client }
const codeOf = (work: () => void): string | undefined => {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof Refusal)
    return error.spec.code
  }
  return undefined
}

describe('who may', () => {
  const may = (access: Access, actor: Actor): string | undefined =>
    codeOf(() => requireAccess(access, actor))
  const permission = 'account.view'

  test('anyone may what is open, and nobody unnamed what is not', () => {
    assert.equal(may({ anyone: true, because: 'x' }, visitor), undefined)
    assert.equal(may({ permission }, visitor), 'auth.sign_in_required')
    assert.equal(
      may({ permission }, { kind: 'system', client: visitor.client }),
      'auth.sign_in_required',
    )
  })

  test('a person may what the role carries', () => {
    assert.equal(may({ permission }, person()), undefined)
    assert.equal(may({ permission: 'people.manage' }, person()), 'auth.not_allowed')
    assert.equal(may({ permission }, person({ permissions: new Set() })), 'auth.not_allowed')
  })

  test('a key may what role and scope both carry, and nothing that names no scope', () => {
    assert.equal(may({ permission, scope: 'account:read' }, key(['account:read'])), undefined)
    assert.equal(may({ permission, scope: 'account:read' }, key([])), 'auth.scope_missing')
    assert.equal(
      may({ permission, scope: 'account:read' }, key(['account:write', 'all'])),
      'auth.scope_missing',
    )
    assert.equal(may({ permission, scope: 'any' }, key([])), undefined)
    assert.equal(may({ permission }, key(['any', 'api:full'])), 'auth.session_only')
    const bare = { ...key(['account:read']), permissions: new Set<string>() }
    assert.equal(may({ permission, scope: 'account:read' }, bare), 'auth.not_allowed')
  })
})

const authMethod = (id: string, change: Partial<AuthMethod> = {}): AuthMethod => ({
  id,
  strength: 1,
  isSecondFactor: false,
  isGuessable: true,
  available: async () => true,
  verify: async () => false,
  ...change,
})
const password = authMethod('password', { strength: 10 })
const app = authMethod('totp', { strength: 50, isSecondFactor: true })
const codes = authMethod('recovery-code', { strength: 20, isSpare: true })

describe('surely them', () => {
  const sensitive: Access = { permission: 'account.view', assurance: 'recently-confirmed' }
  const proven = (authenticatedAt: number, strongAt = 0): Person['assurance'] => ({
    methods: [],
    authenticatedAt,
    strongAt,
  })
  const ask = async (
    actor: Actor,
    open: readonly AuthMethod[],
  ): Promise<readonly string[] | 'yes'> => {
    try {
      await requireAssurance(sensitive, { actor, now }, async () => open)
      return 'yes'
    } catch (error) {
      assert.ok(error instanceof Refusal)
      assert.equal(error.spec.code, 'auth.confirm_again')
      return error.details.methods ?? []
    }
  }

  test('the refusal names what would do, and nothing else', async () => {
    const stale = person({ assurance: proven(now - confirmationMs) })
    assert.deepEqual(await ask(stale, [password]), ['password'])
    assert.deepEqual(await ask(stale, [app, codes, password]), ['totp', 'recovery-code'])
    assert.equal(await ask(person({ assurance: proven(now) }), [password]), 'yes')
    assert.deepEqual(await ask(person({ assurance: proven(now) }), [app, password]), ['totp'])
    assert.equal(await ask(person({ assurance: proven(0, now) }), []), 'yes')
    assert.deepEqual(
      await ask(person({ kind: 'token', assurance: proven(now, now) }), [password]),
      ['password'],
    )
  })

  test('a proof counts for ten minutes from itself', () => {
    const at = (since: number) =>
      confirmedAt(person({ assurance: proven(now - since) }), [password], now)
    assert.equal(at(0), now)
    assert.equal(at(confirmationMs - 1), now - confirmationMs + 1)
    assert.equal(at(confirmationMs), null)
  })

  test('where there is a second factor, a password is no proof', () => {
    const fresh = person({ assurance: proven(now) })
    assert.equal(confirmedAt(fresh, [password, app], now), null)
    assert.equal(confirmedAt(person({ assurance: proven(0, now) }), [password, app], now), now)
  })

  test('a key is never sure', () => {
    for (const kind of ['token', 'api-key', 'agent'] as const)
      assert.equal(
        confirmedAt(person({ kind, assurance: proven(now, now) }), [password], now),
        null,
      )
  })

  test('what is offered is what would do: second factors and their spares, or else anything', async () => {
    const names = (open: readonly AuthMethod[]): string[] =>
      confirmingMethods(open).map(({ id }) => id)
    assert.deepEqual(names([password]), ['password'])
    assert.deepEqual(names([app, codes, password]), ['totp', 'recovery-code'])
    assert.deepEqual(
      names([codes, password]),
      ['recovery-code', 'password'],
      'a spare alone makes no second factor',
    )
    const all = [password, authMethod('gone', { available: async () => false }), codes, app]
    const open = await availableMethods({ catalogue: { methods: all } } as never, 'usr_1')
    assert.deepEqual(
      open.map(({ id }) => id),
      ['totp', 'recovery-code', 'password'],
    )
  })
})
