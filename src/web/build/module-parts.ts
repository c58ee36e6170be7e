import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { filesOf, type ModuleFolder } from './module-folders.ts'

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

const prefix = 'virtual:modules/'

/**
 * Serves what the modules show, from a list of folders: `virtual:modules/ui` (pages and cards), `virtual:modules/entrances`
 * (pages before sign-in) and `virtual:modules/texts`. A glob would find only what lies in src/modules.
 */
export const moduleParts = (modules: readonly ModuleFolder[]): Plugin => {
  const parts: Readonly<Record<string, () => string>> = {
    ui: () => listOf(modules, 'ui/index.tsx', 'ui'),
    entrances: () => listOf(modules, 'ui/entrance.ts', 'entrance'),
    texts: () => textsOf(modules),
  }
  return {
    name: 'latchkey:module-parts',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : null),
    load: (id) => (id.startsWith(`\0${prefix}`) ? parts[id.slice(prefix.length + 1)]?.() : null),
  }
}
