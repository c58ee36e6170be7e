import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type Access,
  answer,
  defineModule,
  defineRefusals,
  event,
  type ModuleSpec,
  operation,
} from '@latchkey/kit'
import { z } from 'zod'
import { product } from '#test/harness/product.ts'
import { openApiDocument } from '../http/openapi/document.ts'
import { takesKey } from './idempotency.ts'
import { buildRegistry } from './registry.ts'

const { registry } = product

type Given = {
  name?: string
  rest?: string
  access?: Access
  input?: z.ZodObject
  idempotency?: 'required'
  effect?: 'one-transaction'
  shownOnce?: readonly string[]
}

const moduleWith = (operations: readonly Given[], change: Partial<ModuleSpec> = {}): ModuleSpec => {
  const specs = operations.map(
    ({
      name = 'thing.read',
      rest = 'GET /api/v1/things',
      access = { permission: 'things.view' },
      input = z.object({}),
      ...more
    }) =>
      operation({
        name,
        summary: 'A thing',
        access,
        input,
        output: z.object({}),
        refusals: [],
        rest: rest as 'GET /x',
        ...more,
      }),
  )
  return defineModule({
    name: 'things',
    summary: 'Things',
    permissions: [{ id: 'things.view', label: 'View things', roles: ['owner'] }],
    operations: specs.flatMap((spec) => answer({ spec }, { spec: async () => ({}) })),
    ...change,
  })
}

describe('contradictions in the modules stop the start', () => {
  const refused = (list: readonly ModuleSpec[], why: RegExp): void =>
    assert.throws(() => buildRegistry(list), why)

  test('a name, a route or a permission that is there twice', () => {
    refused([moduleWith([{}, {}])], /operation "thing\.read" is declared twice/)
    refused([moduleWith([{}, { name: 'thing.list' }])], /route .* is declared twice/)
    const [a, b] = ['/api/v1/things/{a}', '/api/v1/things/{b}'].map((path, index) => ({
      name: `thing.${index}`,
      rest: `GET ${path}`,
      input: z.object({ a: z.string(), b: z.string() }),
    }))
    refused([moduleWith([a as Given, b as Given])], /route/)
    refused([moduleWith([]), moduleWith([])], /module "things" is declared twice/)
    refused([moduleWith([]), moduleWith([], { name: 'others' })], /permission/)
  })

  test('a refusal or an event that is there twice', () => {
    const refusals = defineRefusals({
      no: { code: 'things.no', status: 409, title: 'No.', help: 'No.' },
    })
    const bare = { permissions: [], refusals }
    refused(
      [moduleWith([], bare), moduleWith([], { ...bare, name: 'others' })],
      /refusal "things\.no"/,
    )
    const happened = event({
      name: 'thing.happened',
      code: 'thing:happened',
      summary: 'It happened',
      group: 'account',
      icon: 'person',
      data: z.object({}),
    })
    refused([moduleWith([], { events: [happened, happened] })], /event "thing\.happened"/)
  })

  test('a method that is there twice, and two modules that answer what only one can', () => {
    const method = {
      id: 'badge',
      strength: 1,
      isSecondFactor: false,
      isGuessable: false,
      available: async () => false,
      verify: async () => false,
    }
    const bare = { permissions: [], methods: [method] }
    const other = { name: 'others', permissions: [] }
    refused([moduleWith([], bare), moduleWith([], { ...bare, ...other })], /method "badge"/)
    const recogniseDevice = async () => null
    const knowing = { permissions: [], recogniseDevice }
    refused(
      [moduleWith([], knowing), moduleWith([], { ...knowing, ...other })],
      /things and others both have recogniseDevice/,
    )
  })

  test('a permission nobody offers, a module that is not there or stands in a circle, a path without its input', () => {
    refused([moduleWith([{ access: { permission: 'nobody.offers' } }])], /which no module offers/)
    refused([moduleWith([], { needs: ['strangers'] })], /needs strangers/)
    const bare = { permissions: [] }
    refused(
      [
        moduleWith([], { ...bare, needs: ['others'] }),
        moduleWith([], { ...bare, name: 'others', needs: ['third'] }),
        moduleWith([], { ...bare, name: 'third', needs: ['others'] }),
      ],
      /in a circle: others → third → others/,
    )
    refused(
      [moduleWith([{ rest: 'GET /api/v1/things/{id}' }])],
      /\{id\} in its path but not in its input/,
    )
  })

  test('a scope for something that wants a fresh confirmation: no key can give one', () => {
    const access = {
      permission: 'things.view',
      scope: 'things:read',
      assurance: 'recently-confirmed',
    } as const
    refused([moduleWith([{ access }])], /no key can give/)
  })

  test('a proof in the input of something that asks for none', () => {
    const access = { permission: 'things.view', provenBy: 'password' } as const
    refused([moduleWith([{ access }])], /asks for no confirmation/)
  })
})

/** Addresses that other programs expect without a version. */
const outsideTheApi = ['GET /keys/{username}']

describe('the product as it is', () => {
  test('a role nobody knows carries nothing, and owners carry everything', () => {
    assert.equal(registry.permissionsOf('nobody').size, 0)
    assert.equal(registry.permissionsOf('__proto__').size, 0)
    assert.deepEqual(new Set(registry.permissionsOf('owner')), new Set(registry.permissionIds))
  })

  test('roles only grow: viewer, member, admin, owner', () => {
    const sizes = ['viewer', 'member', 'admin', 'owner'].map((role) => registry.permissionsOf(role))
    for (const [index, role] of sizes.slice(1).entries())
      for (const permission of sizes[index] ?? []) assert.ok(role.has(permission), permission)
  })

  test('names follow the house: noun.verb, module.reason, noun:verb', () => {
    for (const {
      operation: { name, summary, access, rest },
    } of registry.entries) {
      assert.match(name, /^[a-z][a-z-]*\.[a-z][a-z-]*$/)
      if (!outsideTheApi.includes(rest))
        assert.match(rest, /^(GET|POST|PUT|PATCH|DELETE) \/api\/v1\/[a-z0-9/{}A-Z-]+$/, name)
      assert.ok(summary.length > 5 && !summary.endsWith('.'), name)
      if ('anyone' in access) assert.ok(access.because.length > 15, `${name} says not why`)
      else if (access.scope) assert.match(access.scope, /^(any|[a-z]+(:[a-z-]+)+)$/)
    }
    for (const { code, title, help } of registry.refusals) {
      assert.match(code, /^[a-z][a-z-]*\.[a-z_]+$/)
      assert.ok(title.endsWith('.') && help.length > 10, code)
    }
  })

  test('whoever has no credential meets a limit wherever there is something to guess or to flood', () => {
    for (const {
      operation: { name, access, limit, input },
    } of registry.entries)
      if ('anyone' in access && Object.keys(input.shape).length > 0)
        assert.equal(limit?.per, 'address', name)
  })

  test('unknown properties are refused in what the registry checks with', () => {
    for (const {
      schema,
      operation: { name },
    } of registry.entries)
      assert.equal(
        schema
          .safeParse({ surprise: 1 })
          .error?.issues.some(({ code }) => code === 'unrecognized_keys'),
        true,
        name,
      )
  })

  test('the OpenAPI document has every operation, its refusals and what it takes', () => {
    const document = JSON.parse(
      JSON.stringify(
        openApiDocument(registry, {
          publicUrl: 'https://a.example',
          sessionCookieName: '__Host-latchkey',
          now: 0,
        }),
      ),
    )
    for (const {
      operation: { name, refusals },
      path,
      method,
      pathNames,
    } of registry.entries) {
      const found = document.paths[path]?.[method.toLowerCase()]
      assert.equal(found?.operationId, name)
      for (const { status, code } of refusals)
        assert.ok(found.responses[String(status)].description.includes(code), `${name} ${code}`)
      const parameters = (found.parameters ?? []).filter((one: { in: string }) => one.in === 'path')
      assert.deepEqual(
        parameters.map((one: { name: string }) => one.name).sort(),
        [...pathNames].sort(),
      )
    }
    assert.equal(document.openapi, '3.1.1')
  })
})

describe('what a call that is repeated may do', () => {
  const { entries } = registry
  const telling = /secret|^token$|codes?$|^uri$|^key$|password/i

  test('is said once where a secret is answered: later answers leave it out', () => {
    for (const entry of entries.filter(takesKey)) {
      const { name, output, shownOnce = [] } = entry.operation
      const fields = 'shape' in output ? Object.keys(output.shape as object) : []
      for (const field of fields.filter((one) => telling.test(one)))
        assert.ok(
          shownOnce.includes(field),
          `${name} answers ${field} and does not say "shown once"`,
        )
    }
  })

  /** Operations whose effect must not happen twice. Names that are not built yet are checked from their first day. */
  const needing = [
    'people.invite',
    'access-tokens.create',
    'access-tokens.rotate',
    'api-key.create',
    'api-key.regenerate',
    'account.delete',
    'notifications.test-slack',
  ]

  test('needs a key where a second time would cost somebody something', () => {
    for (const { operation } of entries.filter((one) => needing.includes(one.operation.name)))
      assert.equal(operation.idempotency, 'required', operation.name)
  })

  test('is contradicted by nothing: keys are for what a person posts, and what is shown once is answered', () => {
    const refuse = (operation: object, why: RegExp): void =>
      assert.throws(() => buildRegistry([moduleWith([operation])]), why)
    refuse({ idempotency: 'required' }, /thing\.read speaks of idempotency/)
    refuse({ effect: 'one-transaction' }, /thing\.read speaks of idempotency/)
    refuse({ shownOnce: ['secret'] }, /thing\.read shows "secret" once, which is not in its output/)
  })
})
