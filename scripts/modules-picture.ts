import type { ModuleSpec } from '@latchkey/kit'

type Node = Pick<ModuleSpec, 'name' | 'needs'>

/** How many modules stand below one another under it. `buildRegistry` has refused circles before this is asked. */
const floorsOf = (modules: readonly Node[]): ReadonlyMap<string, number> => {
  const byName = new Map(modules.map((module) => [module.name, module]))
  const floors = new Map<string, number>()
  const floorOf = (name: string): number => {
    const below = byName.get(name)?.needs ?? []
    const floor = floors.get(name) ?? Math.max(-1, ...below.map(floorOf)) + 1
    floors.set(name, floor)
    return floor
  }
  for (const { name } of modules) floorOf(name)
  return floors
}

/** Everything below a module, near or far. */
const reachOf = (name: string, needs: ReadonlyMap<string, readonly string[]>): Set<string> =>
  new Set((needs.get(name) ?? []).flatMap((needed) => [needed, ...reachOf(needed, needs)]))

/** An arrow that says what a longer way says already is left out. */
const arrowsOf = (modules: readonly Node[]): readonly (readonly [string, string])[] => {
  const needs = new Map(modules.map((module) => [module.name, module.needs ?? []]))
  return modules.flatMap(({ name, needs: own = [] }) =>
    own
      .filter(
        (needed) => !own.some((other) => other !== needed && reachOf(other, needs).has(needed)),
      )
      .map((needed) => [name, needed] as const),
  )
}

/** The modules by floor, the ground at the bottom, as a drawing in Mermaid. */
export const modulesPicture = (modules: readonly Node[]): string => {
  const floors = floorsOf(modules)
  const top = Math.max(0, ...floors.values())
  const rows = Array.from({ length: top + 1 }, (_, index) => {
    const floor = top - index
    const names = modules.filter(({ name }) => floors.get(name) === floor).map(({ name }) => name)
    return [
      `  subgraph floor${floor}["floor ${floor}"]`,
      ...names.map((name) => `    ${name}`),
      '  end',
    ].join('\n')
  })
  const arrows = arrowsOf(modules).map(([from, to]) => `  ${from} --> ${to}`)
  return ['```mermaid', 'flowchart TD', ...rows, ...arrows, '```'].join('\n')
}

/** One row a module: its floor, and all that it needs. */
export const needsRows = (modules: readonly Node[]): readonly (readonly string[])[] => {
  const floors = floorsOf(modules)
  return modules.map(({ name, needs = [] }) => [name, String(floors.get(name)), needs.join(', ')])
}
