import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FixtureDriver } from '@latchkey/kit'
import { placeholder, type Schema } from '#platform/http/openapi/examples.ts'
import type { Entry } from '#platform/operations/registry.ts'
import { startApp } from '#test/harness/app.ts'
import { newcomer } from '#test/harness/factors.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import { fromElsewhere, type Scene } from '#test/harness/scene.ts'
import { assertNoFaults, entriesOf, isStream, letAnHourPass } from './calls.ts'
import { bodyOf, type Document, documentAt, inputOf, saidOf, today } from './documented.ts'
import { asFixturePerson, driverOf } from './driver.ts'
import {
  type AllFixtures,
  isOwned,
  loadFixtures,
  objectNamesOf,
  objectOf,
  placeFor,
} from './module-fixtures.ts'
import { product, settings } from './product.ts'

const { registry } = product

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
      const moments = valuesIn(documentAt(now)).filter(
        ([authMethod, value]) =>
          /example.*(expiresAt|Until|readyAt|endsAt)$/.test(authMethod) && value !== null,
      )
      assert.ok(moments.length > 10)
      for (const [authMethod, value] of moments)
        assert.ok(Date.parse(String(value)) > now, `${authMethod} is ${value}`)
    }
  })
})

// Rules meet both engines in the tests of their modules; here only the input is in question.
describe('an example of the OpenAPI document', () => {
  const scene = { engine: 'sqlite' } as Scene
  let all: AllFixtures
  let driver: FixtureDriver
  before(async () => {
    const open = { LATCHKEY_SIGN_IN_SIGN_UP: 'open', LATCHKEY_TRUSTED_PROXIES: '1' }
    scene.app = await startApp({ engine: 'sqlite', product, settings: { ...settings, ...open } })
    scene.owner = await setUpOwner(scene.app)
    all = await loadFixtures(scene.app.app.runtime.registry.modules)
    driver = driverOf(scene, all)
  })
  after(async () => {
    assertNoFaults(scene.app)
    await scene.app.stop()
  })

  const fetchDocument = async (): Promise<Document> =>
    (await scene.app.newBrowser().send({ method: 'GET', path: '/api/openapi.json' })).body

  let shared: Person | null = null
  /** A fixture may change how its person signs in, so it gets one of its own. */
  const callerOf = async ({ module, operation }: Entry): Promise<Person> => {
    if (all.get(module)?.inputs?.[operation.name]) return newcomer(scene, 'owner')
    const isIn = (await shared?.browser.do('account.me'))?.status === 200
    shared = shared && isIn ? shared : await newcomer(scene, 'owner')
    return shared
  }

  /** The example, naming objects of the caller's own; what a fixture gives instead, or null: it cannot succeed. */
  const validInput = async (entry: Entry, person: Person, document: Document) => {
    const fixture = all.get(entry.module)?.inputs?.[entry.operation.name]
    const asPerson = asFixturePerson(person)
    if (typeof fixture === 'function') return fixture(driver, asPerson)
    if (fixture) return null
    const input = inputOf(entry, document)
    for (const name of objectNamesOf(all, entry)) {
      const object = objectOf(all, entry, name)
      if (!isOwned(object)) continue
      const id = await object.make(driver, asPerson)
      input[name] = Array.isArray(input[name]) ? [id] : id
    }
    return input
  }

  test('works when it is sent as it stands with ids of the caller’s own, or a fixture says what does', async () => {
    const document = await fetchDocument()
    const failed: string[] = []
    for (const entry of entriesOf(scene).filter((one) => !isStream(one))) {
      await letAnHourPass(scene)
      const person = await callerOf(entry)
      const input = await validInput(entry, person, document)
      if (input === null) continue
      const { status, text, body } = await person.browser.do(
        entry.operation.name,
        input,
        fromElsewhere(),
      )
      if (status >= 300)
        failed.push(`${entry.operation.name}: ${placeFor('inputs', entry.module)}: ${text}`)
      assert.deepEqual(body.ignoredScopes ?? [], [], entry.operation.name)
    }
    assert.deepEqual(failed, [])
  })

  test('still works when the server has run for half a year', async () => {
    const [entry] = entriesOf(scene).filter(
      ({ operation }) => operation.name === 'access-tokens.create',
    )
    assert.ok(entry)
    await fetchDocument()
    scene.app.clock.advance(180 * 86_400_000)
    const { expiresAt } = inputOf(entry, await fetchDocument())
    assert.ok(Date.parse(String(expiresAt)) > scene.app.clock.now(), String(expiresAt))
  })
})
