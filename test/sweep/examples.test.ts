import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openApiDocument } from '#platform/http/openapi/document.ts'
import { placeholder, type Schema } from '#platform/http/openapi/examples.ts'
import type { Entry } from '#platform/operations/registry.ts'
import type { Answer } from '#test/harness/client.ts'
import { product } from '#test/harness/product.ts'
import { onEachEngine, type Scene } from '#test/harness/scene.ts'

const { registry } = product

type Content = { readonly schema: Schema; readonly example?: unknown }
type Media = { readonly content?: Readonly<Record<string, Content>> }
type Parameter = {
  readonly name?: string
  readonly in: string
  readonly description?: string
  readonly example?: unknown
}
type Said = {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Media
  readonly responses: Readonly<Record<string, Media>>
}
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Said>>>> }

const made = (now: number): Document =>
  JSON.parse(
    JSON.stringify(
      openApiDocument(registry, {
        publicUrl: 'https://account.acme.test',
        sessionCookieName: 'c',
        now,
      }),
    ),
  )
const today = made(Date.now())
const saidOf = ({ method, path }: Entry, { paths } = today): Said => {
  const said = paths[path]?.[method.toLowerCase()]
  assert.ok(said, path)
  return said
}
const bodyOf = (entry: Entry, document = today): Content | undefined =>
  saidOf(entry, document).requestBody?.content?.['application/json']

/** The way to every field of an input, and what is said of it. */
const fieldsIn = (
  schema: Schema,
  at: string,
): readonly (readonly [string, string | undefined])[] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
    [`${at}/${name}`, inner.description] as const,
    ...fieldsIn(inner, `${at}/${name}`),
  ]),
  ...[schema.items ?? [], schema.anyOf ?? [], schema.oneOf ?? []]
    .flat()
    .flatMap((inner) => fieldsIn(inner, at)),
]

/** Every value in a piece of JSON, with the way to it. */
const valuesIn = (json: unknown, at = ''): readonly (readonly [string, unknown])[] =>
  typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([key, inner]) => valuesIn(inner, `${at}/${key}`))
    : [[at, json]]

const inputOf = (entry: Entry, document = today): Record<string, unknown> => {
  const { parameters = [] } = saidOf(entry, document)
  const given = parameters.filter(({ name }) => name !== undefined && name !== 'Idempotency-Key')
  return {
    ...Object.fromEntries(given.map(({ name = '', example }) => [name, example])),
    ...(bodyOf(entry, document)?.example as object | undefined),
  }
}

describe('the OpenAPI document', () => {
  test('says of every field of every input what it means', () => {
    for (const entry of registry.entries) {
      const { parameters = [] } = saidOf(entry)
      const named = parameters
        .filter(({ name }) => name !== undefined)
        .map(({ name, description }) => [`?${name}`, description] as const)
      const body = bodyOf(entry)
      for (const [authMethod, meaning] of [...named, ...(body ? fieldsIn(body.schema, '') : [])])
        assert.match(meaning ?? '', /^\S.{4,}[.…]$/su, `${entry.operation.name} ${authMethod}`)
    }
  })

  test('shows nothing that only holds the place of an example', () => {
    const issued = valuesIn(today).filter(
      ([authMethod, value]) =>
        value === placeholder && /\/(examples?|value)(\/|$)/.test(authMethod),
    )
    assert.deepEqual(issued, [], 'give the field an example: .meta({ examples: […] })')
  })

  test('shows what every operation takes as it stands', () => {
    for (const entry of registry.entries) {
      const { error } = entry.schema.safeParse(inputOf(entry))
      assert.equal(error, undefined, entry.operation.name)
    }
  })

  test('shows moments to come where they are meant, whenever it is asked for', () => {
    for (const now of [Date.now(), Date.UTC(2031, 1, 28, 23, 59)]) {
      const moments = valuesIn(made(now)).filter(
        ([authMethod, value]) =>
          /example.*(expiresAt|Until|readyAt|endsAt)$/.test(authMethod) && value !== null,
      )
      assert.ok(moments.length > 10)
      for (const [authMethod, value] of moments)
        assert.ok(Date.parse(String(value)) > now, `${authMethod} is ${value}`)
    }
  })
})

onEachEngine('an example of the OpenAPI document', (scene: Scene) => {
  const post = async (name: string): Promise<Answer> => {
    const { body: document } = await scene.owner.browser.send({
      method: 'GET',
      path: '/api/openapi.json',
    })
    const entry = registry.entries.find(({ operation }) => operation.name === name)
    assert.ok(entry, name)
    return scene.owner.browser.do(name, inputOf(entry, document))
  }

  for (const name of ['access-tokens.create', 'ssh-keys.add', 'people.invite'])
    test(`of ${name} works when it is sent as it stands`, async () => {
      const answer = await post(name)
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(answer.body.ignoredScopes ?? [], [])
    })

  test('still works when the server has run for half a year', async () => {
    await post('access-tokens.create')
    scene.app.clock.advance(180 * 86_400_000)
    const { body } = await scene.app.newBrowser().send({ method: 'GET', path: '/api/openapi.json' })
    const { requestBody } = body.paths['/api/v1/account/tokens'].post
    const { expiresAt } = requestBody.content['application/json'].example
    assert.ok(Date.parse(expiresAt) > scene.app.clock.now(), expiresAt)
  })
})
