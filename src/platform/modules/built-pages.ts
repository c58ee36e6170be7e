import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OutsideModule } from './import-modules.ts'

/** Written by the build of the pages: names of the modules from outside that show something. */
const listPath = (webRoot: string): string => join(webRoot, '.modules')

const builtFor = (webRoot: string): readonly string[] | null => {
  const path = listPath(webRoot)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly string[]) : null
}

const among = (names: readonly string[]): string =>
  names.length === 1 ? `the module ${names[0]}` : `the modules ${names.join(', ')}`

/**
 * What is wrong with the built pages, or null: a menu with entries that lead nowhere, or without one that is there, is
 * seen only by the people who look for it. Where nothing is built there is nothing to compare.
 */
export const builtPagesProblem = (
  webRoot: string,
  outside: readonly OutsideModule[],
): string | null => {
  const built = builtFor(webRoot)
  if (built === null) return null
  const shown = outside.filter(({ folder }) => existsSync(join(folder, 'ui')))
  const wanted = shown.map(({ module }) => module.name)
  const missing = wanted.filter((name) => !built.includes(name))
  const left = built.filter((name) => !wanted.includes(name))
  if (missing.length + left.length === 0) return null
  const parts = [
    ...(missing.length > 0 ? [`without ${among(missing)}`] : []),
    ...(left.length > 0 ? [`with ${among(left)}, which is not in the setting modules`] : []),
  ]
  return `The pages were built ${parts.join(' and ')}. Start with npm start, which builds them anew, or run npm run build with the same settings.`
}
