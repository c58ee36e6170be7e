import { existsSync, realpathSync, statSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigProblem } from '../config/load.ts'

/** Where a module from outside lies. */
export type ModulePlace = {
  /** As the setting names it. */
  readonly given: string
  /** Absolute, without links: imports are resolved from here. */
  readonly folder: string
  /** The file with the manifest. */
  readonly manifest: string
}

const isPath = (given: string): boolean => /^\.{1,2}([/\\]|$)/.test(given) || isAbsolute(given)

const packageFolder = (name: string, from: string): string => {
  const start = pathToFileURL(join(from, 'latchkey.config.json'))
  let found: string | undefined
  try {
    found = findPackageJSON(name, start)
  } catch {
    found = undefined
  }
  if (found === undefined)
    throw new ConfigProblem([
      `modules: the package ${name} is not installed in ${from}. Install it there, or begin the path of a folder with ./`,
    ])
  return dirname(found)
}

const pathFolder = (given: string, from: string): string => {
  const path = resolve(from, given)
  if (!existsSync(path) || !statSync(path).isDirectory())
    throw new ConfigProblem([
      `modules: ${given} was not found: there is no folder ${path}. Paths start from the folder of latchkey.config.json.`,
    ])
  return path
}

/** Node does not run TypeScript below node_modules, so a package that is installed there is built. */
const manifestNames = (folder: string): readonly string[] =>
  /[/\\]node_modules[/\\]/.test(folder) ? ['module.js'] : ['module.ts', 'module.js']

/** `from` is the folder of the configuration file. */
export const locateModule = (given: string, from: string): ModulePlace => {
  const folder = realpathSync(isPath(given) ? pathFolder(given, from) : packageFolder(given, from))
  const names = manifestNames(folder)
  const name = names.find((name) => existsSync(join(folder, name)))
  if (name === undefined)
    throw new ConfigProblem([
      `modules: ${given} is no module: there is no ${names.join(' or ')} in ${folder}.`,
    ])
  return { given, folder, manifest: join(folder, name) }
}
