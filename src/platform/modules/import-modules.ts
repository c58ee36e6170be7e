import { pathToFileURL } from 'node:url'
import type { ModuleSpec } from '@latchkey/kit'
import { ConfigProblem } from '../config/load.ts'
import { locateModule, type ModulePlace } from './locate.ts'
import { lendOwnPackages } from './own-packages.ts'

export type OutsideModule = ModulePlace & { readonly module: ModuleSpec }

const moduleName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

const lists = [
  ...['needs', 'operations', 'permissions', 'scopes', 'events', 'jobs', 'settings'],
  ...['authenticators', 'methods', 'pages', 'entrances', 'commands'],
] as const

/** What is wrong with what was exported; null when it can be a manifest. TypeScript says the rest to its author. */
const manifestFault = (found: unknown): string | null => {
  if (typeof found !== 'object' || found === null) return 'it is not what defineModule returns'
  const manifest = found as Readonly<Record<string, unknown>>
  const { name, summary } = manifest
  if (typeof name !== 'string' || !moduleName.test(name))
    return 'its name has to be lower-case words joined by hyphens, like office-badges'
  if (typeof summary !== 'string' || summary === '') return 'it has no summary'
  const list = lists.find((key) => manifest[key] !== undefined && !Array.isArray(manifest[key]))
  return list === undefined ? null : `its ${list} are not a list`
}

const importOne = async (place: ModulePlace): Promise<OutsideModule> => {
  const { given, folder, manifest } = place
  lendOwnPackages(folder)
  let found: Readonly<Record<string, unknown>>
  try {
    found = (await import(pathToFileURL(manifest).href)) as typeof found
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigProblem([`modules: ${given} cannot be loaded: ${reason}`])
  }
  if (!('default' in found))
    throw new ConfigProblem([
      `modules: ${given} has no default export. ${manifest} has to say: export default defineModule({ … })`,
    ])
  const fault = manifestFault(found.default)
  if (fault) throw new ConfigProblem([`modules: ${given} is no module: ${fault}.`])
  return { ...place, module: found.default as ModuleSpec }
}

type List = readonly OutsideModule[]

const nameFaults = (outside: List, builtIn: readonly ModuleSpec[]): string[] =>
  outside.flatMap(({ given, module: { name } }, index) => {
    if (builtIn.some((one) => one.name === name))
      return [`modules: ${given} is called ${name}, like a module that is built in.`]
    const same = outside.slice(0, index).find((one) => one.module.name === name)
    return same ? [`modules: ${given} and ${same.given} are both called ${name}.`] : []
  })

const needFaults = (outside: List, builtIn: readonly ModuleSpec[]): string[] => {
  const known = new Set([...builtIn, ...outside.map((one) => one.module)].map(({ name }) => name))
  return outside.flatMap(({ given, module: { needs = [] } }) =>
    needs
      .filter((name) => !known.has(name))
      .map((name) => `modules: ${given} needs the module ${name}, which is not there.`),
  )
}

/** A way from a module back to itself along `needs`, or null. */
const circleFrom = (start: string, outside: List): readonly string[] | null => {
  const needsOf = new Map(outside.map(({ module }) => [module.name, module.needs ?? []]))
  const seen = new Set<string>()
  const walk = (path: readonly string[]): readonly string[] | null => {
    for (const name of needsOf.get(path.at(-1) ?? '') ?? []) {
      if (name === start) return [...path, name]
      if (seen.has(name)) continue
      seen.add(name)
      const circle = walk([...path, name])
      if (circle) return circle
    }
    return null
  }
  return walk([start])
}

const circleFault = (outside: List): string[] => {
  for (const { module } of outside) {
    const circle = circleFrom(module.name, outside)
    if (circle) return [`modules: they need each other in a circle: ${circle.join(' → ')}.`]
  }
  return []
}

const settled = async <T>(work: readonly (() => T | Promise<T>)[]): Promise<T[]> => {
  const [found, faults]: [T[], string[]] = [[], []]
  for (const one of work)
    try {
      found.push(await one())
    } catch (error) {
      if (!(error instanceof ConfigProblem)) throw error
      faults.push(error.message)
    }
  if (faults.length > 0) throw new ConfigProblem(faults)
  return found
}

/**
 * Imports what the setting `modules` names, in its order. Throws ConfigProblem with every one that cannot be used, and
 * when they do not fit the built-in ones or each other.
 */
export const importModules = async (
  given: readonly string[],
  { from, builtIn }: { readonly from: string; readonly builtIn: readonly ModuleSpec[] },
): Promise<List> => {
  const outside = await settled(given.map((one) => () => importOne(locateModule(one, from))))
  const faults = [
    ...nameFaults(outside, builtIn),
    ...needFaults(outside, builtIn),
    ...circleFault(outside),
  ]
  if (faults.length > 0) throw new ConfigProblem(faults)
  return outside
}
