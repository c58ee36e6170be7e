import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'latchkey-suite-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, body: string): string => {
  const path = join(folder, `${name}.test.mjs`)
  const head =
    "import assert from 'node:assert/strict'\nimport { after, before, test } from 'node:test'\n"
  writeFileSync(path, head + body)
  return path
}

type Ran = { readonly text: string; readonly code: number | null }

const run = (args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, LATCHKEY_TEST_GRACE: '300' }
    const child = execFile(process.execPath, [...args], { cwd: root, env }, (_, text) =>
      resolve({ text, code: child.exitCode }),
    )
  })

type Counts = {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly failures: readonly { readonly file: string; readonly title: string }[]
  readonly text: string
}

/** These files, one after the other in as few processes as they leave alive. */
const runFiles = async (...files: readonly string[]): Promise<Counts> => {
  const pool = pathToFileURL(join(root, 'scripts', 'test-pool.mjs')).href
  const options = `{ concurrency: 1, timeoutMillis: 2000, isTimed: false, env: process.env }`
  const { text } = await run([
    '--input-type=module',
    '-e',
    `import { runFiles } from '${pool}'
     const counts = await runFiles(process.execPath, ${JSON.stringify(files)}, ${options})
     process.stdout.write('\\nCOUNTS' + JSON.stringify(counts))`,
  ])
  const [said = '', counts = '{}'] = text.split('\nCOUNTS')
  return { ...JSON.parse(counts), text: said }
}

const fine = () => write('fine', "test('is fine', () => {})\n")
const named = ({ failures }: Counts): string[] =>
  failures.map(({ file, title }) => `${file.replace(`${folder}/`, '')}: ${title}`)

describe('A run of test files in few processes', () => {
  it('counts what passed, failed and was skipped, and names each failure with its suites', async () => {
    const mixed = write(
      'mixed',
      `import { describe } from 'node:test'
       test('one', () => {})
       test('left out', { skip: true }, () => {})
       describe('outer', () => { test('inner', () => assert.equal(1, 2)) })
       test('with parts', async (t) => { await t.test('part', () => {}) })\n`,
    )
    const ran = await runFiles(mixed, fine())
    assert.deepEqual(
      [ran.passed, ran.failed, ran.skipped, named(ran)],
      [3, 1, 1, ['mixed.test.mjs: outer › inner']],
    )
    assert.match(ran.text, /1 !== 2/)
  })

  it('fails a file that ends its process, by name, and runs the others', async () => {
    const crash = write(
      'crash',
      "test('leaves', () => new Promise(() => setTimeout(() => process.exit(7), 50)))\n",
    )
    const ran = await runFiles(crash, fine())
    assert.deepEqual(named(ran), [
      "crash.test.mjs: the file's process ended with exit code 7 during “leaves”",
    ])
    assert.equal(ran.passed, 1)
  })

  it('fails a file that hangs, by its test, and runs the others', async () => {
    const asleep = write(
      'asleep',
      "test('never ends', () => new Promise((r) => setTimeout(r, 1e6)))\n",
    )
    const busy = write(
      'busy',
      "test('turns round', () => new Promise(() => setTimeout(() => { for (;;); }, 50)))\n",
    )
    const ran = await runFiles(asleep, busy, fine())
    assert.deepEqual(named(ran), ['asleep.test.mjs: never ends', 'busy.test.mjs: turns round'])
    assert.match(ran.text, /nothing has come from it for 2 s/)
    assert.equal(ran.passed, 1)
  })

  it('names a file that leaves something open, and what', async () => {
    const leak = write(
      'leak',
      `import { createServer } from 'node:net'
       test('opens', () => void createServer().listen(0))\n`,
    )
    const ran = await runFiles(leak, fine())
    assert.deepEqual(named(ran), ['leak.test.mjs: the file leaves something open'])
    assert.match(ran.text, /TCPServerWrap/)
    assert.equal(ran.passed, 2)
  })

  it('names a file that leaves a function of the platform replaced, and spares the files after it', async () => {
    const replacing = write(
      'replacing',
      "globalThis.fetch = () => 'another'\ntest('one', () => {})\n",
    )
    const next = write(
      'next',
      "test('fetches', () => assert.ok(!String(fetch).includes('another')))\n",
    )
    const ran = await runFiles(replacing, next)
    assert.deepEqual(named(ran), ['replacing.test.mjs: the file leaves the platform changed'])
    assert.match(ran.text, /fetch/)
    assert.equal(ran.passed, 2)
  })

  it('fails a file that cannot be read as a program', async () => {
    const broken = write('broken', "import './nowhere.mjs'\n")
    const ran = await runFiles(broken, fine())
    assert.deepEqual(named(ran), ['broken.test.mjs: the file itself'])
    assert.match(ran.text, /nowhere\.mjs/)
  })

  it('runs what stands outside of any suite with its own file', async () => {
    const first = write(
      'first',
      "after(() => { globalThis.isOver = true })\ntest('one', () => {})\n",
    )
    const second = write(
      'second',
      "test('after it', () => assert.equal(globalThis.isOver, true))\n",
    )
    assert.deepEqual(named(await runFiles(first, second)), [])
  })
})

describe('The last line', () => {
  it('is the sum, also when nothing ran', async () => {
    const { text, code } = await run(['scripts/launch.mjs', 'test', 'no-file-is-called-like-this'])
    assert.match(text, /\n0 passed, 1 failed\n$/)
    assert.equal(code, 1)
  })

  it('comes after a word about an option there is not', async () => {
    const { text } = await run(['scripts/launch.mjs', 'test', '--quick'])
    assert.match(text, /There is no option --quick[\s\S]*\n0 passed, 1 failed\n$/)
  })
})

describe('What a change can break', async () => {
  const graph = await import(pathToFileURL(join(root, 'scripts', 'import-graph.mjs')).href)

  it('is what imports the changed file, however far away, nearest first', () => {
    const distances: Map<string, number> = graph.distancesFrom(['src/platform/paging/page.ts'])
    assert.equal(distances.get('src/platform/paging/paging.test.ts'), 1)
    const through = distances.get('src/modules/people/people.test.ts') ?? 0
    assert.ok(through > 2, `${through} imports away`)
  })

  it('leaves out what does not', () => {
    const distances: Map<string, number> = graph.distancesFrom(['src/platform/paging/page.ts'])
    assert.equal(distances.has('src/platform/log/log.test.ts'), false)
  })

  it('follows aliases, packages, imports at run time and files beside', () => {
    const found = graph.importsOf(
      'src/a/b.ts',
      `import x from '#platform/y.ts'
       const z = await import('../c.ts')
       new URL('./worker.ts', import.meta.url)
       export * from '@latchkey/kit'
       import pg from 'pg'`,
      [
        ['#platform/*', './src/platform/*'],
        ['@latchkey/kit', './packages/kit/src/index.ts'],
      ],
    )
    assert.deepEqual(found, [
      'src/platform/y.ts',
      'src/c.ts',
      'src/a/worker.ts',
      'packages/kit/src/index.ts',
    ])
  })
})
