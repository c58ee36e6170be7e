import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { filesOf, importFresh, type ModuleFolder } from './module-folders.ts'

const quoted = (text: string): string => JSON.stringify(text)

/** `[{ module, <name>: what the file exports under that name }]`, of every module that has the file. */
const listOf = (modules: readonly ModuleFolder[], path: string, name: string): string => {
  const found = filesOf(modules, path)
  return [
    ...found.map(({ file }, index) => `import { ${name} as part${index} } from ${quoted(file)}`),
    `export const modules = [${found.map(({ name: module }, index) => `{ module: ${quoted(module)}, ${name}: part${index} }`).join(', ')}]`,
  ].join('\n')
}

/** `{ '<module>/<locale>': () => its texts }`. */
const textsOf = (modules: readonly ModuleFolder[]): string => {
  const loaders = modules.flatMap(({ name, folder }) => {
    const texts = join(folder, 'ui', 'texts')
    if (!existsSync(texts)) return []
    return readdirSync(texts)
      .filter((file) => file.endsWith('.json'))
      .map(
        (file) =>
          `${quoted(`${name}/${file.slice(0, -'.json'.length)}`)}: () => import(${quoted(join(texts, file))}).then((found) => found.default)`,
      )
  })
  return `export const loaders = { ${loaders.join(',\n')} }`
}

const isEvent = (exported: unknown): exported is { code: string; icon: string } =>
  typeof exported === 'object' && exported !== null && 'code' in exported && 'icon' in exported

/** `{ '<code>': { module, icon } }`, read in Node: the shapes of the events stay out of the bundle. */
const eventsOf = async (modules: readonly ModuleFolder[]): Promise<string> => {
  const facts: Record<string, { module: string; icon: string }> = {}
  for (const { name, file } of filesOf(modules, 'events.ts'))
    for (const { code, icon } of Object.values(await importFresh(file)).filter(isEvent))
      facts[code] = { module: name, icon }
  return `export const events = ${JSON.stringify(facts)}`
}

const prefix = 'virtual:modules/'

/**
 * Serves what the modules show, from a list of folders: `virtual:modules/ui` (pages and cards), `virtual:modules/entrances`
 * (pages before sign-in), `virtual:modules/texts` and `virtual:modules/events` (whose each is, and its picture). A glob
 * would find only what lies in src/modules.
 */
export const moduleParts = (modules: readonly ModuleFolder[]): Plugin => {
  const parts: Readonly<Record<string, () => string | Promise<string>>> = {
    ui: () => listOf(modules, 'ui/index.tsx', 'ui'),
    entrances: () => listOf(modules, 'ui/entrance.ts', 'entrance'),
    texts: () => textsOf(modules),
    events: () => eventsOf(modules),
  }
  return {
    name: 'latchkey:module-parts',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : null),
    load: (id) => (id.startsWith(`\0${prefix}`) ? parts[id.slice(prefix.length + 1)]?.() : null),
  }
}
