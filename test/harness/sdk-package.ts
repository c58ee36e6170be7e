import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')

export type Installed = {
  /** A project that has the packed SDK installed, and nothing else. */
  readonly folder: string
  /** The file that was packed. */
  readonly tarball: string
  /** Runs a module of that project with plain Node; answers what it printed. */
  readonly run: (code: string, env?: Readonly<Record<string, string>>) => Promise<string>
  /** Type-checks modules of that project as its strictest customer would; answers what the compiler complained about. */
  readonly typeCheck: (modules: readonly string[]) => Promise<string>
  /** The whole SDK as one script for a browser, setting `globalThis.sdk`. */
  readonly bundle: () => Promise<string>
  readonly remove: () => void
}

const npm = (folder: string, ...args: string[]) =>
  run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder })

/** From the root, as the README of the SDK tells it. */
const pack = async (part: string, into: string): Promise<string> => {
  const what = part.startsWith('packages/') ? ['-w', part] : [`./${part}`]
  const { stdout } = await npm(root, 'pack', ...what, '--json', '--pack-destination', into)
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string }[]
  return `./${packed?.filename}`
}

const bundleOf = async (folder: string): Promise<string> => {
  const entry = join(folder, 'all.js')
  writeFileSync(entry, "export * from '@latchkey/sdk'\n")
  const made = await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'sdk' }, minify: true },
  })
  const [first] = [made].flat()
  return first && 'output' in first ? (first.output[0].code ?? '') : ''
}

/** The compiler of the product, and the one most customers have. */
const compilers = ['.', 'packages/sdk'].map((at) =>
  join(root, at, 'node_modules/typescript/bin/tsc'),
)

/** A project that checks the declarations of its dependencies too: what is wrong in them is not passed over. */
const strictest = {
  compilerOptions: {
    noEmit: true,
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    module: 'nodenext',
    typeRoots: [join(root, 'node_modules/@types')],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  },
  include: ['typed/*.ts'],
}

const typeCheckIn = async (folder: string, modules: readonly string[]): Promise<string> => {
  const typed = join(folder, 'typed')
  rmSync(typed, { recursive: true, force: true })
  mkdirSync(typed)
  for (const [index, code] of modules.entries())
    writeFileSync(join(typed, `example-${index + 1}.ts`), code)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(strictest))
  const complaints: string[] = []
  for (const compiler of compilers) {
    const said = await run(process.execPath, [compiler, '-p', folder], { cwd: folder }).catch(
      (failed: { stdout: string; stderr: string }) => failed,
    )
    complaints.push(said.stdout + said.stderr)
  }
  return complaints.join('')
}

/** Packs the SDK as it would be published and installs the tarballs, its dependencies too, without a registry. */
export const installSdk = async (): Promise<Installed> => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-sdk-'))
  writeFileSync(join(folder, 'package.json'), '{"name":"customer","private":true,"type":"module"}')
  const parts = [
    'packages/sdk',
    'node_modules/openapi-fetch',
    'node_modules/openapi-typescript-helpers',
  ]
  const tarballs: string[] = []
  for (const part of parts) tarballs.push(await pack(part, folder))
  await npm(folder, 'install', '--offline', '--ignore-scripts', ...tarballs)
  return {
    folder,
    tarball: tarballs[0] ?? '',
    run: async (code, env = {}) => {
      const file = join(folder, 'example.mjs')
      writeFileSync(file, code)
      const { PATH = '' } = process.env
      const { stdout } = await run(process.execPath, [file], { cwd: folder, env: { PATH, ...env } })
      return stdout
    },
    typeCheck: (modules) => typeCheckIn(folder, modules),
    bundle: () => bundleOf(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const readme = (): string => readFileSync(join(root, 'packages/sdk/README.md'), 'utf8')
const blocks = (language: string): readonly string[] =>
  [...readme().matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter(([, own]) => own === language)
    .map(([, , code = '']) => code)

/** What its first paragraph says it weighs and needs. */
export const readmeAbout = (): string => readme().split('\n\n')[1] ?? ''

/** The code blocks of its README, in order. */
export const readmeExamples = (): readonly string[] => blocks('ts')

/** What its README has typed to get it. */
export const readmeCommands = (): readonly string[] => blocks('sh')
