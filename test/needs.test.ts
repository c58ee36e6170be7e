import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type File, importsIn, needsIn } from '#test/harness/imports.ts'

/** Modules whose `api.ts` or contract a module's own files import; its pages know them by the client only. */
const usedBy = (files: readonly File[], module: string): ReadonlySet<string> =>
  new Set(
    files
      .filter(({ path }) => path.startsWith(`src/modules/${module}/`))
      .flatMap(({ text }) =>
        importsIn(text).flatMap(({ from }) => /^#modules\/([^/]+)\//.exec(from)?.[1] ?? []),
      )
      .filter((name) => name !== module),
  )

/** `needs` says what is imported, no more and no less. */
const needsFaults = (files: readonly File[]): string[] =>
  [...needsIn(files)].flatMap(([name, needs]) => {
    const used = usedBy(files, name)
    return [
      ...needs.filter((one) => !used.has(one)).map((one) => `${name} needs ${one} for nothing`),
      ...[...used].filter((one) => !needs.includes(one)).map((one) => `${name} hides ${one}`),
    ]
  })

/** Modules from which their own needs lead back to them. */
const circles = (files: readonly File[]): string[] => {
  const needs = needsIn(files)
  const below = (name: string, seen: Set<string>): Set<string> => {
    for (const next of needs.get(name) ?? []) if (!seen.has(next)) below(next, seen.add(next))
    return seen
  }
  return [...needs.keys()].filter((name) => below(name, new Set()).has(name))
}

/** Pages know other modules by the client only; fixtures are test code, which tells stories across modules. */
const isOfTheModule = (path: string): boolean =>
  !path.endsWith('.test.ts') && !/^src\/modules\/[^/]+\/(ui\/|fixtures\.ts$)/.test(path)

const files = globSync('src/modules/**/*.ts')
  .filter(isOfTheModule)
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

test('modules stand above one another: none needs itself by a detour, and each says what it needs', () => {
  assert.ok(needsIn(files).size > 10)
  assert.deepEqual(circles(files), [])
  assert.deepEqual(needsFaults(files), [])
})

test('the check reports a circle, and needs that do not say what is imported', () => {
  const needing = (name: string, ...needs: string[]): File => ({
    path: `src/modules/${name}/module.ts`,
    text: `x = { needs: [${needs.map((one) => `'${one}'`)}] }`,
  })
  const round = [needing('a', 'b'), needing('b', 'c'), needing('c', 'a'), needing('d', 'a')]
  assert.deepEqual(circles(round), ['a', 'b', 'c'])
  assert.deepEqual(circles([needing('a', 'b', 'c'), needing('b', 'c'), needing('c')]), [])
  const rules = {
    path: 'src/modules/a/rules.ts',
    text: "import { x } from '#modules/c/contract.ts'",
  }
  assert.deepEqual(needsFaults([needing('a', 'b'), rules]), ['a needs b for nothing', 'a hides c'])
  assert.deepEqual(needsFaults([needing('a', 'c'), rules]), [])
})
