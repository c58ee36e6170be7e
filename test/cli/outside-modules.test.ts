import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { latchkey, type Said } from '#test/harness/cli.ts'
import { dataFolder } from '#test/harness/folders.ts'

const folder = dataFolder('latchkey-cli-modules-')
after(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string): void => {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'module.ts'), text)
}
write(
  'hello',
  `import { command, defineModule } from '@latchkey/kit'
  import { z } from 'zod'
  const say = command({
    name: 'hello say',
    summary: 'Say hello',
    about: ['It says hello.'],
    examples: ['hello say'],
    input: z.object({}),
    run: async (ctx) => ({ data: { from: ctx.actor.kind }, text: ['Hello'] }),
  })
  export default defineModule({
    name: 'hello',
    summary: 'Says hello',
    commands: [say],
    migrations: {
      '202612011200_hello': (db) => db.schema.createTable('hello').addColumn('id', 'text').execute(),
    },
  })`,
)
write('broken', "throw new Error('no licence')")

const run = (modules: string, ...words: readonly string[]): Promise<Said> =>
  latchkey(
    { dataDir: join(folder, 'data'), folder, settings: { LATCHKEY_MODULES: modules } },
    ...words,
  )

describe('the program, with modules the configuration names', () => {
  test('lists and runs their commands, and their migrations with the others', async () => {
    assert.match((await run('./hello', 'help')).stdout, /hello say +Say hello/)
    assert.equal((await run('./hello', 'migrate')).code, 0)
    const said = await run('./hello', 'hello', 'say', '--json')
    assert.deepEqual(
      { code: said.code, json: said.json() },
      { code: 0, json: { ok: true, from: 'system' } },
    )
  })

  test('does not open what was used with a module that was taken out, and names it', async () => {
    const said = await run('', 'audit', 'verify')
    assert.equal(said.code, 3)
    assert.match(said.stderr, /used with the module hello, which is not installed now/)
    const found = await run('', 'doctor')
    assert.match(found.stdout, /PROBLEM {2}migrations: .*the module hello/)
  })

  test('still helps where one cannot be loaded, and every other command says why it ends', async () => {
    assert.equal((await run('./broken', 'help')).code, 0)
    const said = await run('./broken', 'migrate')
    assert.equal(said.code, 3)
    assert.match(said.stderr, /modules: \.\/broken cannot be loaded: no licence/)
    const found = await run('./broken', 'doctor')
    assert.equal(found.code, 1)
    assert.match(found.stdout, /PROBLEM {2}settings: modules: \.\/broken cannot be loaded/)
  })
})
