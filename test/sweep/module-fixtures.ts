import assert from 'node:assert/strict'
import type {
  FixtureDriver,
  FixturePerson,
  Fixtures,
  ModuleSpec,
  ObjectFixture,
} from '@latchkey/kit'
import type { Entry } from '#platform/operations/registry.ts'

export type OwnedObject = Extract<ObjectFixture, { readonly make: unknown }>
type ResolvedObject = Exclude<ObjectFixture, { readonly sameAs: string }>

/** What every module says of itself, by its name. A module without operations, tables and mails may say nothing. */
export type AllFixtures = ReadonlyMap<string, Fixtures>

export const loadFixtures = async (modules: readonly ModuleSpec[]): Promise<AllFixtures> =>
  new Map(
    await Promise.all(
      modules.map(
        async ({ name, fixtures }): Promise<readonly [string, Fixtures]> => [
          name,
          fixtures ? (await fixtures()).fixtures : {},
        ],
      ),
    ),
  )

/** Where an answer that is missing belongs. */
export const placeFor = (part: keyof Fixtures, module: string): string =>
  `say it in \`${part}\` of fixtures.ts beside the module ${module}, which module.ts names as \`fixtures\``

const resolve = (all: AllFixtures, at: string): ResolvedObject | undefined => {
  const [module = '', name = ''] = at.split('.')
  const found = all.get(module)?.objects?.[name]
  return found && 'sameAs' in found ? resolve(all, found.sameAs) : found
}

/** What this name in the input of this operation names; undefined: nothing says so. */
export const objectOf = (
  all: AllFixtures,
  { module, operation }: Entry,
  name: string,
): ResolvedObject | undefined => {
  const objects = all.get(module)?.objects ?? {}
  const keys = [`${operation.name}:${name}`, name, name.replace(/s$/, '')]
  const found = keys.map((key) => objects[key]).find((one) => one !== undefined)
  return found && 'sameAs' in found ? resolve(all, found.sameAs) : found
}

/** Names in an input that may name an object: all in the path, and beside it those that say so. */
export const objectNamesOf = (all: AllFixtures, entry: Entry): readonly string[] => {
  const own = Object.keys(all.get(entry.module)?.objects ?? {})
  return Object.keys(entry.operation.input.shape).filter(
    (name) => entry.pathNames.includes(name) || /Ids?$/.test(name) || own.includes(name),
  )
}

export const isOwned = (object: ResolvedObject | undefined): object is OwnedObject =>
  object !== undefined && object.of !== 'nobody'

/** Makes what `at` describes where `owner` may not see it. */
export const makeElsewhere = async (
  all: AllFixtures,
  at: string,
  [driver, owner]: readonly [FixtureDriver, FixturePerson],
): Promise<string> => {
  const object = resolve(all, at)
  assert.ok(object && 'makeElsewhere' in object, `no module describes how to make ${at} elsewhere`)
  return object.makeElsewhere(driver, owner)
}

/** Makes what `at`, e.g. `ssh-keys.keyId`, describes. */
export const makeObject = async (
  all: AllFixtures,
  at: string,
  [driver, owner]: readonly [FixtureDriver, FixturePerson],
): Promise<string> => {
  const object = resolve(all, at)
  assert.ok(isOwned(object), `no module describes how to make ${at}`)
  const id = await object.make(driver, owner)
  assert.ok(id, `the fixture of ${at} made nothing`)
  return id
}
