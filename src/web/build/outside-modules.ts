import { existsSync } from 'node:fs'
import { isAbsolute, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'vite'
import type { ModuleFolder } from './module-folders.ts'

type Loaded = {
  readonly outside: readonly {
    readonly folder: string
    readonly module: {
      readonly name: string
      readonly methods?: readonly { readonly id: string }[]
    }
  }[]
}
export type OutsideFolder = ModuleFolder & {
  /** Ids of the ways to prove it is you that it adds. */
  readonly methods: readonly string[]
}
type Load = (where: { readonly env: object; readonly folder: string }) => Promise<Loaded>

/** The modules the configuration names, as the server reads it. By Node itself: a configuration of Vite knows no `#`. */
export const outsideFolders = async (project: string): Promise<readonly OutsideFolder[]> => {
  const product = pathToFileURL(join(project, 'src', 'product.ts')).href
  const { loadProduct } = (await import(product)) as { readonly loadProduct: Load }
  const { outside } = await loadProduct({ env: process.env, folder: project })
  return outside.map(({ folder, module: { name, methods = [] } }) => ({
    ...{ name, folder },
    methods: methods.map(({ id }) => id),
  }))
}

/** What is there for pages from outside. Everything else of `src/web` may change with any version. */
const entrances: Readonly<Record<string, string>> = {
  '@latchkey/web': 'src/web/outside/index.ts',
  '@latchkey/web/page': 'src/web/outside/page.ts',
}

/** Lists for whom the pages were built, under a name that is not served. `platform/modules/built-pages.ts` reads it. */
const listName = '.modules'

const methodsId = 'virtual:modules/methods'

const moduleOfMethods = (outside: readonly OutsideFolder[]): Readonly<Record<string, string>> =>
  Object.fromEntries(outside.flatMap(({ name, methods }) => methods.map((id) => [id, name])))

/**
 * Lets pages that lie elsewhere use what the application has: its design system under two names, and its own React,
 * Mantine and TanStack Query, of which there must not be two. What only the module has is found beside it.
 */
export const outsideModules = (outside: readonly OutsideFolder[], project: string): Plugin => ({
  name: 'latchkey:outside-modules',
  enforce: 'pre',
  config: () => ({
    server: { fs: { allow: [project, ...outside.map(({ folder }) => folder)] } },
  }),
  resolveId(id, importer, options) {
    if (id === methodsId) return `\0${methodsId}`
    const isOutside = outside.some(({ folder }) => importer?.startsWith(folder + sep))
    if (!isOutside) return null
    const own = entrances[id]
    if (own) return join(project, own)
    if (/^[.\0]/.test(id) || isAbsolute(id)) return null
    return this.resolve(id, join(project, 'src/web/app/main.tsx'), { ...options, skipSelf: true })
  },
  load: (id) =>
    id === `\0${methodsId}`
      ? `export const methods = ${JSON.stringify(moduleOfMethods(outside))}`
      : null,
  generateBundle() {
    const shown = outside.filter(({ folder }) => existsSync(join(folder, 'ui')))
    const names = shown.map(({ name }) => name).sort()
    this.emitFile({ type: 'asset', fileName: listName, source: JSON.stringify(names) })
  },
})
