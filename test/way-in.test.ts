import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { product } from '#test/harness/product.ts'

const { modules } = product

/** Where the ways to prove it is you are kept. What deletes from here takes a way in, or a part of one, away. */
const tables = ['passwords', 'passkeys', 'authenticators']
/** Delete what never was a way in: set-ups that were not finished. */
const harmless = ['deleteSetups', 'deleteAllSetups']

type File = { readonly path: string; readonly text: string }
type Removal = { readonly name: string; readonly path: string }

const functionsIn = (text: string): readonly { name: string; body: string }[] =>
  text
    .split(/^(?=export const )/m)
    .map((body) => ({ name: /^export const (\w+)/.exec(body)?.[1] ?? '', body }))
    .filter(({ name }) => name !== '')

const removalsIn = (files: readonly File[]): readonly Removal[] =>
  files.flatMap(({ path, text }) =>
    functionsIn(text)
      .filter(({ body }) => tables.some((table) => body.includes(`deleteFrom('${table}')`)))
      .filter(({ name }) => !harmless.includes(name))
      .map(({ name }) => ({ name, path })),
  )

/** Rules that call a removal, themselves or through a function that does, and never ask what remains. */
const forgetful = (files: readonly File[]): readonly string[] => {
  const removing = new Set(removalsIn(files).map(({ name }) => name))
  const callers = files.filter(({ path }) => !/(store|api)\.ts$/.test(path))
  const calls = (text: string, name: string): boolean => new RegExp(`\\b${name}\\(`).test(text)
  const found = new Set<string>()
  for (const { path, text } of callers) {
    if (text.includes('requireWayInRemains(')) continue
    for (const name of removing) if (calls(text, name)) found.add(path)
  }
  return [...found]
}

const read = (pattern: string): readonly File[] =>
  globSync(pattern)
    .filter((path) => !/\.test\.ts$/.test(path))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))

describe('a way in remains', () => {
  const files = read('src/modules/*/**/*.ts')

  test('the removals are found: of passkeys and of authenticator apps', () => {
    assert.deepEqual(
      removalsIn(files)
        .map(({ name }) => name)
        .sort(),
      ['deleteAuthenticator', 'deleteAuthenticators', 'deletePasskey', 'deletePasskeys'],
      'a new one has to ask requireWayInRemains, and be named here',
    )
  })

  test('every rule that takes a way away asks whether one is left', () => {
    // `removeFactors` is a part of a recovery, which sets a password in the same transaction and asks at its end. Retiring
    // is an operator's command: it counts who would be left without a way in, and refuses unless told to go on.
    assert.deepEqual([...forgetful(files)].sort(), [
      'src/modules/passkeys/retire.ts',
      'src/modules/two-factor/remove-factors.ts',
    ])
    const retire = files.find(({ path }) => path === 'src/modules/passkeys/retire.ts')
    assert.match(retire?.text ?? '', /wayInExists\(/)
    const recovery = files.find(({ path }) => path === 'src/modules/recovery/rules.ts')
    assert.match(recovery?.text ?? '', /removeFactors\([\s\S]+requireWayInRemains\(/)
    const users = files.filter(({ text }) => /\bremoveFactors\(/.test(text)).map((one) => one.path)
    assert.deepEqual(users.sort(), ['src/modules/recovery/rules.ts'])
  })

  test('a rule that forgets it is found', () => {
    const store =
      "export const dropPassword = (db) => tables(db).deleteFrom('passwords').execute()\n"
    const rule = 'export const remove = (ctx) => dropPassword(ctx.db)\n'
    const asking = `${rule}await requireWayInRemains(ctx, userId)\n`
    const made = (text: string): readonly File[] => [
      { path: 'src/modules/password/store.ts', text: store },
      { path: 'src/modules/password/rules.ts', text },
    ]
    assert.deepEqual(forgetful(made(rule)), ['src/modules/password/rules.ts'])
    assert.deepEqual(forgetful(made(asking)), [])
  })

  test('every operation of a module with ways that removes something may say that it is the last', () => {
    const silent = modules
      .filter(({ name }) => ['password', 'passkeys', 'two-factor'].includes(name))
      .flatMap((module) => module.operations ?? [])
      .map(({ operation }) => operation)
      .filter(({ name }) => /\.(remove|delete|disable|reset-all)/.test(name))
      .filter(({ refusals }) => !refusals.some(({ code }) => code === 'sign-in.last_way_in'))
    assert.deepEqual(
      silent.map(({ name }) => name),
      [],
    )
  })
})
