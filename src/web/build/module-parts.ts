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

type TextsFile = { readonly name: string; readonly locale: string; readonly file: string }

const textsIn = ({ name, folder }: ModuleFolder): TextsFile[] => {
  const texts = join(folder, 'ui', 'texts')
  if (!existsSync(texts)) return []
  return readdirSync(texts)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ name, locale: file.slice(0, -'.json'.length), file: join(texts, file) }))
}

/** Before sign-in a page loads the texts it says; after it the menu needs those of all, so they come in one file. */
const isAlone = ({ folder }: ModuleFolder): boolean => existsSync(join(folder, 'ui/entrance.ts'))

const prefix = 'virtual:modules/'
const textsPrefix = 'texts/'

/** `{ '<module>/<locale>': () => its texts }`. */
const textsOf = (modules: readonly ModuleFolder[]): string => {
  const loaders = modules.flatMap((module) =>
    textsIn(module).map(({ name, locale, file }) => {
      const [from, key] = isAlone(module)
        ? [file, 'default']
        : [`${prefix}${textsPrefix}${locale}`, name]
      return `${quoted(`${name}/${locale}`)}: () => import(${quoted(from)}).then((found) => found[${quoted(key)}])`
    }),
  )
  return `export const loaders = { ${loaders.join(',\n')} }`
}

/** `export { its texts as '<module>' }` in one language, of every module that shows nothing before sign-in. */
const togetherIn = (modules: readonly ModuleFolder[], locale: string): string =>
  modules
    .filter((module) => !isAlone(module))
    .flatMap(textsIn)
    .filter((texts) => texts.locale === locale)
    .map(({ name, file }) => `export { default as ${quoted(name)} } from ${quoted(file)}`)
    .join('\n')

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
    load: (id) => {
      if (!id.startsWith(`\0${prefix}`)) return null
      const part = id.slice(prefix.length + 1)
      return part.startsWith(textsPrefix)
        ? togetherIn(modules, part.slice(textsPrefix.length))
        : parts[part]?.()
    },
  }
}
