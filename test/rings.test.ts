import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, test } from 'node:test'
import {
  type File,
  type Import,
  importsIn,
  needsIn,
  withoutComments,
} from '#test/harness/imports.ts'

type Place = { readonly ring: string; readonly module?: string }

/** Who may import whom. Words of the rows are rings; words of the lists are what `nameTarget` calls a target. */
const table: Readonly<Record<string, readonly string[]>> = {
  kit: ['kit', 'zod', 'kysely types'],
  sdk: ['sdk', 'package'],
  platform: ['kit', 'kit server', 'platform', 'node', 'zod', 'kysely types', 'package'],
  contract: ['kit', 'zod', 'contract', 'own contract'],
  module: [
    ...['kit', 'kit server', 'platform', 'own', 'own tables', 'own contract', 'contract'],
    ...['needed api'],
    ...['node', 'zod', 'kysely types', 'package'],
  ],
  // They say how a module is driven from outside, so they know no more of it than its contract and its columns.
  fixtures: ['kit', 'zod', 'node', 'contract', 'own contract', 'own tables'],
  ui: ['own contract', 'own ui', 'web/ui', 'web/lib', 'package'],
  example: ['kit', 'kit server', 'own', 'own tables', 'own contract', 'node', 'zod'],
  'example contract': ['kit', 'zod', 'own contract'],
  'example ui': ['own contract', 'own ui', 'latchkey web', 'package'],
  web: ['kit', 'contract', 'texts', 'web', 'web/ui', 'web/lib', 'zod', 'package'],
  build: ['build', 'kit', 'web', 'web/lib', 'node', 'package'],
  open: ['platform', 'kit', 'node'],
  product: ['app', 'kit-server', 'open', 'platform', 'kit', 'kit server'],
  main: ['app', 'open', 'product', 'platform', 'kit', 'node'],
  cli: ['open', 'product', 'main', 'cli', 'platform', 'kit', 'node', 'zod'],
}

/** What the table forbids and is there all the same. Each with its reason; one that is gone must leave the list. */
const exceptions: Readonly<Record<string, string>> = {
  'src/main.ts imports #modules/sign-in/api.ts':
    'the start prints the setup code, and only sign-in can make one',
}

const placeOf = (path: string): Place => {
  const module = /^src\/modules\/([^/]+)\//.exec(path)?.[1]
  if (module !== undefined) {
    // A long contract keeps its refusals, its pages, or the shapes of what goes in and out, in a file beside it: all are the contract.
    if (/^src\/modules\/[^/]+\/(contract|refusals|pages|shapes)\.ts$/.test(path))
      return { ring: 'contract', module }
    if (path === `src/modules/${module}/fixtures.ts`) return { ring: 'fixtures', module }
    return { ring: path.startsWith(`src/modules/${module}/ui/`) ? 'ui' : 'module', module }
  }
  const example = /^examples\/([^/]+)\/(contract\.ts$|ui\/)?/.exec(path)
  if (example) {
    const part = { 'contract.ts': ' contract', 'ui/': ' ui' }[example[2] ?? ''] ?? ''
    return { ring: `example${part}`, module: `examples/${example[1]}` }
  }
  if (path.startsWith('packages/')) return { ring: path.split('/')[1] ?? '' }
  // What stands directly in src/ is a ring of its own; `src/cli.ts` starts what is in `src/cli/`.
  if (/^src\/[^/]+\.ts$/.test(path)) return { ring: path.slice(4, -3) }
  if (path.startsWith('src/web/build/')) return { ring: 'build' }
  return { ring: path.split('/')[1] ?? '' }
}

const pathOf = (file: File, from: string): string | null => {
  if (from.startsWith('.')) return posix.join(posix.dirname(file.path), from)
  if (/^#(app|kit-server|main|open|product)$/.test(from)) return `src/${from.slice(1)}.ts`
  if (from.startsWith('#test/')) return from.slice(1)
  return from.startsWith('#') ? `src/${from.slice(1)}` : null
}

const nameInModule = (
  home: Place,
  path: string,
  { place, needs }: { readonly place: Place; readonly needs: readonly string[] },
): string => {
  const name = place.module ?? ''
  const isOwn = name === home.module
  if (place.ring.endsWith('contract')) return isOwn ? 'own contract' : 'contract'
  if (isOwn && place.ring.endsWith('ui')) return 'own ui'
  if (isOwn) return path.endsWith('/tables.ts') ? 'own tables' : 'own'
  if (/\/ui\/texts\/[\w-]+\.json$/.test(path)) return 'texts'
  if (path !== `src/modules/${name}/api.ts`) return `inside of ${name}`
  return needs.includes(name) ? 'needed api' : `api of ${name}, which is not in needs`
}

const nameInside = (home: Place, path: string, needs: readonly string[]): string => {
  const place = placeOf(path)
  if (place.module !== undefined) return nameInModule(home, path, { place, needs })
  return /^src\/(web\/(?:ui|lib))\//.exec(path)?.[1] ?? place.ring
}

const nameTarget = (file: File, { from, typesOnly }: Import, needs: readonly string[]): string => {
  const path = pathOf(file, from)
  if (path !== null) return nameInside(placeOf(file.path), path, needs)
  if (from === '@latchkey/kit') return 'kit'
  if (from === '@latchkey/kit/server') return 'kit server'
  if (/^@latchkey\/web(\/page)?$/.test(from)) return 'latchkey web'
  if (from.startsWith('node:')) return 'node'
  if (from === 'zod') return 'zod'
  return from === 'kysely' && typesOnly ? 'kysely types' : 'package'
}

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)

/** Leaving the ring by a relative path hides the crossing; `#` shows it. */
const leavesQuietly = (file: File, from: string): boolean => {
  if (!from.startsWith('.')) return false
  const [home, away] = [placeOf(file.path), placeOf(posix.join(posix.dirname(file.path), from))]
  const outer = ({ ring, module }: Place): string => module ?? (ring === 'build' ? 'web' : ring)
  return outer(home) !== outer(away)
}

const importFaults = (files: readonly File[]): string[] => {
  const needs = needsIn(files)
  return files.flatMap((file) => {
    const { ring, module } = placeOf(file.path)
    const allowed = table[ring]
    return importsIn(file.text).flatMap((one) => {
      const what = `${file.path} imports ${one.from}`
      if (one.from.startsWith('../../')) return [`${what}: two steps up`]
      if (isTest(file.path) || !allowed) return []
      if (leavesQuietly(file, one.from)) return [`${what}: leaves its ring without #`]
      const target = nameTarget(file, one, needs.get(module ?? '') ?? [])
      return allowed.includes(target) ? [] : [what]
    })
  })
}

/** The two entry points, server and command line: only they touch `process`. Everything else gets it as an argument. */
const entryPoints = ['src/main.ts', 'src/cli.ts']
/** Files besides the entry points that have to ask the process. */
const mayAskProcess: Readonly<Record<string, string>> = {
  'src/platform/folders/closed.ts': 'asks for its groups',
}

const processFaults = (files: readonly File[]): string[] =>
  files
    .filter(
      ({ path }) =>
        !entryPoints.includes(path) &&
        !mayAskProcess[path] &&
        !path.startsWith('src/web/build/') &&
        !isTest(path),
    )
    .filter(({ text }) =>
      /(?<![\w.])process\.[a-z]|from 'node:process'/.test(withoutComments(text)),
    )
    .map(({ path }) => `${path} touches the process`)

/** Files outside platform/db that have to say which engine it is. */
const mayNameEngines: Readonly<Record<string, string>> = {
  'src/open.ts': 'opens the one or the other',
  'src/web/build/bundle-guard.ts': 'keeps the drivers out of the bundle by their names',
  'src/platform/config/core.ts': 'the setting is an address of PostgreSQL and says so',
}

const engineFaults = (files: readonly File[]): string[] =>
  files
    .filter(
      ({ path }) => !path.startsWith('src/platform/db/') && !isTest(path) && !mayNameEngines[path],
    )
    .filter(({ text }) => /sqlite|postgres|\bpg\b|\bpg_/i.test(withoutComments(text)))
    .map(({ path }) => `${path} names an engine`)

/** What a comment sends its reader to has to be there. */
const documentFaults = (files: readonly File[], documents: readonly string[]): string[] =>
  files.flatMap(({ path, text }) =>
    [...text.matchAll(/[\w-]+\.md\b/g)]
      .filter(([name]) => !documents.includes(name))
      .map(([name]) => `${path} speaks of ${name}, which is not here`),
  )

const documentsHere = (): readonly string[] =>
  ['.', 'docs', 'deploy', 'packages/sdk']
    .flatMap((folder) => readdirSync(folder, { recursive: folder === 'docs', encoding: 'utf8' }))
    .map((path) => posix.basename(path))
    .filter((name) => name.endsWith('.md'))

/** Fixtures are for tests: the manifest names them, and nothing calls what it names. */
const fixtureFaults = (files: readonly File[]): string[] =>
  files
    .filter(({ path }) => !isTest(path))
    .map(({ path, text }) => {
      const code = withoutComments(text)
      const isManifest = path.endsWith('/module.ts')
      const named = "fixtures: () => import('./fixtures.ts')"
      return { path, code: isManifest ? code.replace(named, '') : code }
    })
    .filter(({ code }) => /\/fixtures\.ts['"]|\.fixtures\b/.test(code))
    .filter(
      ({ path }) => path !== 'packages/kit/src/index.ts' && path !== 'packages/kit/src/module.ts',
    )
    .map(({ path }) => `${path} reaches for fixtures`)

const drawers = /(^|[/-])(utils?|helpers?|common|shared|misc)(\.|\/|$)/
const drawerFaults = (files: readonly File[]): string[] =>
  files.filter(({ path }) => drawers.test(path)).map(({ path }) => `${path} is a drawer`)

const linesMax = (path: string): number => {
  if (isTest(path) || path.endsWith('/fixtures.ts')) return 400
  const inModule = /^src\/modules\/[^/]+\/(.+)$/.exec(path)?.[1] ?? ''
  const budget: Record<string, number> = { 'module.ts': 60, 'contract.ts': 200, 'api.ts': 40 }
  return budget[inModule] ?? (inModule.startsWith('ui/') ? 200 : 300)
}

/** Larger than their budget today. A file that was made to fit must leave the list. */
const tooLarge: Readonly<Record<string, string>> = {}

const sizeFaults = (files: readonly File[]): string[] =>
  files
    .filter(({ text }) => !text.startsWith('// Generated by '))
    .map(({ path, text }) => ({
      path,
      lines: text.trimEnd().split('\n').length,
      max: linesMax(path),
    }))
    .filter(({ lines, max }) => lines > max)
    .map(({ path, lines, max }) => `${path} has ${lines} lines of ${max}`)

const filesUnder = (root: string): File[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts)$/.test(entry.name))
    .map((entry) => posix.join(entry.parentPath.replaceAll('\\', '/'), entry.name))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

process.chdir(posix.join(import.meta.dirname, '..'))
const files = [...filesUnder('src'), ...filesUnder('packages'), ...filesUnder('examples')]

describe('the rings', () => {
  test('nobody imports what their ring may not', () => {
    assert.ok(files.length > 100, 'the files were not found')
    const found = importFaults(files)
    assert.deepEqual(
      found.filter((fault) => !exceptions[fault]),
      [],
    )
  })

  test('every exception is still needed', () => {
    const faults = importFaults(files)
    const gone = Object.keys(exceptions).filter((one) => !faults.includes(one))
    const large = sizeFaults(files).map((fault) => fault.split(' ')[0])
    assert.deepEqual([...gone, ...Object.keys(tooLarge).filter((one) => !large.includes(one))], [])
  })

  test('only main.ts and cli.ts touch the process', () =>
    assert.deepEqual(processFaults(files), []))
  test('only platform/db knows which engine it is', () => assert.deepEqual(engineFaults(files), []))
  test('nobody is sent to a document that is not here', () => {
    const all = [...files, ...filesUnder('test'), ...filesUnder('scripts')]
    const own = all.filter(({ path }) => path !== 'test/rings.test.ts')
    assert.deepEqual(documentFaults(own, documentsHere()), [])
    const lost = made('src/platform/a.ts', '/** As security.md says. */')
    assert.equal(documentFaults([lost], ['README.md']).length, 1)
  })
  test('the product reaches for no fixtures: only manifests name them', () =>
    assert.deepEqual(fixtureFaults(files), []))
  test('there are no drawers', () => assert.deepEqual(drawerFaults(files), []))
  test('every file is small enough to be read in one go', () => {
    const found = sizeFaults(files).filter((fault) => !tooLarge[fault.split(' ')[0] ?? ''])
    assert.deepEqual(found, [])
  })
})

const made = (path: string, text = ''): File => ({ path, text })
const line = (from: string): string => `import { x } from '${from}'`

const forbidden: readonly (readonly [string, string])[] = [
  ['packages/kit/src/a.ts', line('node:fs')],
  ['packages/kit/src/a.ts', line('kysely')],
  ['packages/kit/src/a.ts', line('hono')],
  ['packages/sdk/src/a.ts', line('#platform/log/log.ts')],
  ['src/platform/a/b.ts', line('#modules/keys/api.ts')],
  ['src/platform/a/b.ts', line('#modules/keys/contract.ts')],
  ['src/platform/a/b.ts', line('#app')],
  ['src/platform/a/b.ts', "const x = await import('#web/ui/theme.ts')"],
  ['src/modules/locks/contract.ts', line('node:crypto')],
  ['src/modules/locks/contract.ts', line('./rules.ts')],
  ['src/modules/locks/contract.ts', line('#platform/crypto/digest.ts')],
  ['src/modules/locks/contract.ts', line('hono')],
  ['src/modules/locks/contract.ts', line('@latchkey/kit/server')],
  ['src/modules/locks/rules.ts', line('#modules/keys/store.ts')],
  ['src/modules/locks/rules.ts', `import type { X } from '#modules/keys/tables.ts'`],
  ['src/modules/locks/rules.ts', line('#modules/doors/api.ts')],
  ['src/modules/locks/rules.ts', line('../keys/api.ts')],
  ['src/modules/locks/rules/end.ts', line('../../keys/contract.ts')],
  ['src/modules/locks/rules.ts', line('#web/lib/client.ts')],
  ['src/modules/locks/rules.ts', "export * from '#modules/keys/rules.ts'"],
  ['src/modules/locks/ui/Page.tsx', line('../rules.ts')],
  ['src/modules/locks/ui/Page.tsx', line('#platform/log/log.ts')],
  ['src/modules/locks/ui/Page.tsx', line('#modules/keys/contract.ts')],
  ['src/modules/locks/ui/Page.tsx', line('node:fs')],
  ['src/modules/locks/ui/Page.tsx', line('#web/app/router.tsx')],
  ['src/modules/locks/fixtures.ts', line('./rules.ts')],
  ['src/modules/locks/fixtures.ts', line('./store.ts')],
  ['src/modules/locks/fixtures.ts', line('#platform/log/log.ts')],
  ['src/modules/locks/fixtures.ts', line('#modules/keys/api.ts')],
  ['src/modules/locks/fixtures.ts', line('#modules/keys/fixtures.ts')],
  ['src/modules/locks/fixtures.ts', line('#test/harness/app.ts')],
  ['src/web/app/a.ts', line('#platform/log/log.ts')],
  ['src/web/app/a.ts', line('#modules/locks/rules.ts')],
  ['src/web/app/a.ts', line('node:fs')],
  ['src/web/app/a.ts', line('@latchkey/web')],
  ['examples/doors/rules.ts', line('#platform/log/log.ts')],
  ['examples/doors/rules.ts', line('../badges/store.ts')],
  ['examples/doors/contract.ts', line('@latchkey/kit/server')],
  ['examples/doors/ui/Page.tsx', line('../rules.ts')],
  ['examples/doors/ui/Page.tsx', line('#web/ui/Page.tsx')],
  ['src/main.ts', line('#modules/keys/api.ts')],
  ['src/cli/program.ts', line('#modules/keys/api.ts')],
  ['src/open.ts', line('#main')],
  ['src/platform/a/b.ts', line('#open')],
  ['src/platform/a/b.ts', line('#product')],
  ['src/open.ts', line('#app')],
  ['src/platform/a/b/c.ts', line('../../log/log.ts')],
  ['src/platform/a.ts', line('../web/ui/theme.ts')],
]

const permitted: readonly (readonly [string, string])[] = [
  ['packages/kit/src/a.ts', "import type { Kysely } from 'kysely'\nimport { z } from 'zod'"],
  ['src/platform/a/b.ts', `${line('../log/log.ts')}\n${line('node:fs')}\n${line('@latchkey/kit')}`],
  ['src/modules/locks/contract.ts', `${line('#modules/doors/contract.ts')}\n${line('zod')}`],
  ['src/modules/locks/rules.ts', `${line('#modules/keys/api.ts')}\n${line('./store.ts')}`],
  ['src/modules/locks/rules.ts', "// import { x } from '#modules/doors/store.ts'"],
  ['src/modules/locks/ui/Page.tsx', `${line('#web/ui/Page.tsx')}\n${line('react')}`],
  ['src/modules/locks/ui/Page.tsx', "import type { pages } from '../contract.ts'"],
  ['examples/doors/rules.ts', `${line('@latchkey/kit/server')}\n${line('./store.ts')}`],
  ['examples/doors/ui/Page.tsx', `${line('@latchkey/web/page')}\n${line('react')}`],
  ['src/app.ts', line('#modules/locks/module.ts')],
  ['src/cli/commands/a.ts', `${line('../terminal.ts')}\n${line('#open')}\n${line('#main')}`],
  ['src/modules/locks/rules.test.ts', line('#test/harness/app.ts')],
  ['src/modules/locks/fixtures.ts', `${line('./contract.ts')}\n${line('./tables.ts')}`],
  ['src/modules/locks/fixtures.ts', `${line('#modules/keys/contract.ts')}\n${line('node:crypto')}`],
]

describe('the checker itself', () => {
  const manifest = made('src/modules/locks/module.ts', "export default { needs: ['keys'] }")
  for (const [path, text] of forbidden)
    test(`reports ${path}: ${text}`, () => {
      assert.equal(importFaults([manifest, made(path, text)]).length, 1)
    })
  for (const [path, text] of permitted)
    test(`accepts ${path}: ${text.replaceAll('\n', '; ')}`, () => {
      assert.deepEqual(importFaults([manifest, made(path, text)]), [])
    })

  test('reports whatever loads fixtures, and not the manifest that names them', () => {
    const lazy = "export default { fixtures: () => import('./fixtures.ts') }"
    const bad = [
      made('src/modules/locks/module.ts', `${line('./fixtures.ts')}\n${lazy}`),
      made('src/modules/locks/rules.ts', "await import('./fixtures.ts')"),
      made('src/platform/a.ts', 'await module.fixtures?.()'),
    ]
    assert.equal(fixtureFaults(bad).length, 3)
    assert.deepEqual(fixtureFaults([made('src/modules/locks/module.ts', lazy)]), [])
  })

  test('reports the process, engines, drawers and large files, and not what only sounds like them', () => {
    const bad = [
      made('src/platform/a.ts', 'const x = process.env.HOME'),
      made('src/modules/locks/store.ts', "if (engine === 'sqlite') run()"),
      made('src/modules/locks/rules.ts', 'sql`select pg_sleep(1)`'),
    ]
    assert.equal(processFaults(bad).length, 1)
    assert.equal(engineFaults(bad).length, 2)
    const fine = [
      made('src/platform/a.ts', '// SQLite has one writer\nconst x = child_process.spawn'),
    ]
    assert.deepEqual([...processFaults(fine), ...engineFaults(fine)], [])
    const named = [
      'src/web/lib/utils.ts',
      'src/platform/shared/a.ts',
      'src/modules/x/test-helpers.ts',
    ]
    assert.equal(drawerFaults(named.map((path) => made(path))).length, 3)
    assert.deepEqual(drawerFaults([made('src/modules/password/common-passwords.ts')]), [])
    const long = 'x\n'.repeat(61)
    assert.equal(sizeFaults([made('src/modules/locks/module.ts', long)]).length, 1)
    assert.deepEqual(sizeFaults([made('src/modules/locks/rules.ts', long)]), [])
  })
})
