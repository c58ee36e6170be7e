import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { Refusal, settings } from '@latchkey/kit'
import { z } from 'zod'
import { loadProduct } from '#product'
import { dataFolder } from '#test/harness/folders.ts'
import { productWith } from '#test/harness/product.ts'

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** A folder of an operator, with files in it. */
const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = dataFolder('latchkey-modules-')
  folders.push(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const manifest = (spec: string): string =>
  `import { defineModule } from '@latchkey/kit'\nexport default defineModule(${spec})\n`
const named = (name: string, rest = ''): string =>
  manifest(`{ name: '${name}', summary: 'For a test'${rest} }`)

const load = (folder: string, modules: string) =>
  loadProduct({ env: { LATCHKEY_MODULES: modules }, folder })

const problemOf = async (folder: string, modules: string): Promise<string> => {
  const error = await load(folder, modules).then(
    () => assert.fail('it was loaded'),
    (error: unknown) => error,
  )
  assert.ok(error instanceof Error)
  assert.equal(error.name, 'ConfigProblem', error.message)
  return error.message
}

describe('a module from outside', () => {
  test('is found by its path from the configuration file, and by its name as a package installed there', async () => {
    const folder = folderWith({
      'latchkey.config.json': JSON.stringify({ modules: ['./one', '@acme/latchkey-two'] }),
      'one/module.ts': named('one'),
      'node_modules/@acme/latchkey-two/package.json': '{ "type": "module" }',
      'node_modules/@acme/latchkey-two/module.js': named('two'),
    })
    const { product, outside } = await loadProduct({ env: {}, folder })
    assert.deepEqual(
      outside.map(({ module }) => module.name),
      ['one', 'two'],
    )
    assert.deepEqual(
      product.modules.slice(-2).map(({ name }) => name),
      ['one', 'two'],
    )
  })

  test('gets the kit of the product, even where another copy lies beside it', async () => {
    const folder = folderWith({
      'one/module.ts': `import { Refusal, defineModule } from '@latchkey/kit'
        import { z } from 'zod'
        export const found = { Refusal, z }
        export default defineModule({ name: 'one', summary: 'For a test' })`,
      'one/node_modules/@latchkey/kit/package.json':
        '{ "type": "module", "exports": "./index.js", "name": "@latchkey/kit" }',
      'one/node_modules/@latchkey/kit/index.js': 'export const defineModule = () => null',
    })
    const { outside } = await load(folder, './one')
    const { found } = (await import(String(outside[0]?.manifest))) as { found: object }
    assert.deepEqual(found, { Refusal, z })
  })

  test('has settings that count like those of the built-in ones, in file and environment', async () => {
    const group = `, settings: [settings('one', 'Of a test', z.strictObject({
      digits: z.int().min(4).max(8).default(6).describe('How many digits.') }))]`
    const folder = folderWith({
      'one/module.ts': `import { defineModule, settings } from '@latchkey/kit'
        import { z } from 'zod'
        export default defineModule({ name: 'one', summary: 'For a test'${group} })`,
    })
    const { product } = await load(folder, './one')
    const read = (name: string, value: string) =>
      product.readSettings({ env: { LATCHKEY_MODULES: './one', [name]: value }, folder })
    const [mine] = product.settingsGroups.filter(({ name }) => name === 'one')
    assert.ok(mine)
    assert.deepEqual(read('LATCHKEY_ONE_DIGITS', '7').config.read(mine), { digits: 7 })
    assert.throws(
      () => read('LATCHKEY_ONE_DIGITS', '3'),
      /LATCHKEY_ONE_DIGITS is not usable: it must be a whole number from 4 to 8/,
    )
    assert.throws(
      () => read('LATCHKEY_ONE_DIGIT', '7'),
      /LATCHKEY_ONE_DIGIT is not a setting\. Did you mean LATCHKEY_ONE_DIGITS\?/,
    )
  })

  const refused: Readonly<Record<string, readonly [Record<string, string>, string, RegExp]>> = {
    'that is not there': [{}, './gone', /modules: \.\/gone was not found: there is no folder/],
    'whose package is not installed': [
      {},
      '@acme/gone',
      /the package @acme\/gone is not installed in .*begin the path of a folder with \.\//,
    ],
    'without a manifest': [{ 'one/rules.ts': '' }, './one', /there is no module\.ts or module\.js/],
    'that is not built, below node_modules': [
      {
        'node_modules/two/package.json': '{ "type": "module" }',
        'node_modules/two/module.ts': named('two'),
      },
      'two',
      /modules: two is no module: there is no module\.js in/,
    ],
    'that throws when it is loaded': [
      { 'one/module.ts': "throw new Error('no licence')" },
      './one',
      /modules: \.\/one cannot be loaded: no licence/,
    ],
    'that is not TypeScript': [
      { 'one/module.ts': 'export default {{' },
      './one',
      /modules: \.\/one cannot be loaded: /,
    ],
    'without a default export': [
      { 'one/module.ts': 'export const one = 1' },
      './one',
      /modules: \.\/one has no default export/,
    ],
    'whose default export is none': [
      { 'one/module.ts': 'export default 7' },
      './one',
      /is no module: it is not what defineModule returns/,
    ],
    'with a name that no text could have': [
      { 'one/module.ts': named('One Two') },
      './one',
      /its name has to be lower-case words/,
    ],
    'with one operation where a list belongs': [
      { 'one/module.ts': named('one', ', operations: {}') },
      './one',
      /its operations are not a list/,
    ],
    'called like a built-in one': [
      { 'one/module.ts': named('sessions') },
      './one',
      /\.\/one is called sessions, like a module that is built in/,
    ],
    'called like another': [
      { 'one/module.ts': named('same'), 'two/module.ts': named('same') },
      './one,./two',
      /\.\/two and \.\/one are both called same/,
    ],
    'that needs one that is not there': [
      { 'one/module.ts': named('one', ", needs: ['gone']") },
      './one',
      /\.\/one needs the module gone, which is not there/,
    ],
    'in a circle of needs': [
      {
        'one/module.ts': named('one', ", needs: ['two']"),
        'two/module.ts': named('two', ", needs: ['one']"),
      },
      './one,./two',
      /need each other in a circle: one → two → one/,
    ],
    'that declares settings of another': [
      {
        'one/module.ts': `import { settings } from '@latchkey/kit'\nimport { z } from 'zod'\n${named('one', ", settings: [settings('mail', 'x', z.strictObject({}))]")}`,
      },
      './one',
      /they do not fit the product: settings group "mail" is declared twice/,
    ],
  }
  for (const [which, [files, modules, words]] of Object.entries(refused))
    test(`${which} stops the start with a sentence`, async () =>
      assert.match(await problemOf(folderWith(files), modules), words))

  test('and another that is wrong are both named at once', async () => {
    const said = await problemOf(folderWith({ 'one/module.ts': '' }), './one,./two')
    assert.equal(said.split('\n').length, 2, said)
  })
})

describe('what hides another of the same name', () => {
  const group = settings('one', 'Of a test', z.strictObject({}))
  const method = {
    id: 'password',
    strength: 1,
    isSecondFactor: true,
    isGuessable: false,
    available: async () => true,
    verify: async () => true,
  }
  test('is refused: a group of settings, a command, a method, a job, a page', () => {
    const one = { name: 'one', summary: 'For a test' }
    const job = { name: 'a', everySeconds: 1, run: async () => undefined }
    const cases = [
      { settings: [group, group] },
      { methods: [method] },
      { jobs: [job, job] },
      { pages: ['/one'], entrances: ['/one'] },
    ]
    for (const more of cases)
      assert.throws(() => productWith([{ ...one, ...more }]), /is declared twice/)
    assert.ok(productWith([one]))
  })
})
