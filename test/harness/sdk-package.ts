import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')

export type Installed = {
  /** A project that has the packed SDK installed, and nothing else. */
  readonly folder: string
  /** Runs a module of that project with plain Node; answers what it printed. */
  readonly run: (code: string, env?: Readonly<Record<string, string>>) => Promise<string>
  /** The whole SDK as one script for a browser, setting `globalThis.sdk`. */
  readonly bundle: () => Promise<string>
  readonly remove: () => void
}

const npm = (folder: string, ...args: string[]) =>
  run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder })

const pack = async (folder: string, into: string): Promise<string> => {
  const { stdout } = await npm(folder, 'pack', '--json', '--pack-destination', into)
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

/** Packs the SDK as it would be published and installs the tarballs, its dependencies too, without a registry. */
export const installSdk = async (): Promise<Installed> => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-sdk-'))
  writeFileSync(join(folder, 'package.json'), '{"name":"customer","private":true,"type":"module"}')
  await npm(join(root, 'packages', 'sdk'), 'run', 'build')
  const parts = [
    'packages/sdk',
    'node_modules/openapi-fetch',
    'node_modules/openapi-typescript-helpers',
  ]
  const tarballs: string[] = []
  for (const part of parts) tarballs.push(await pack(join(root, part), folder))
  await npm(folder, 'install', '--offline', '--ignore-scripts', ...tarballs)
  return {
    folder,
    run: async (code, env = {}) => {
      const file = join(folder, 'example.mjs')
      writeFileSync(file, code)
      const { PATH = '' } = process.env
      const { stdout } = await run(process.execPath, [file], { cwd: folder, env: { PATH, ...env } })
      return stdout
    },
    bundle: () => bundleOf(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The code blocks of its README, in order. */
export const readmeExamples = (): readonly string[] =>
  [
    ...readFileSync(
      join(dirname(import.meta.dirname), '..', 'packages/sdk/README.md'),
      'utf8',
    ).matchAll(/```ts\n([\s\S]*?)```/g),
  ].map(([, code = '']) => code)
