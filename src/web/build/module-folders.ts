import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Where the parts of a module lie that the pages are built from. */
export type ModuleFolder = {
  /** As in its manifest: the namespace of its texts. */
  readonly name: string
  readonly folder: string
}

/** Every module in a folder of modules, in the order of their names. */
export const moduleFoldersIn = (parent: string): readonly ModuleFolder[] =>
  readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, folder: join(parent, name) }))
    .toSorted((one, other) => one.name.localeCompare(other.name, 'en'))

/** What Node reads of a package that is installed is built (it runs no TypeScript there); what Vite reads, below `ui/`, is not. */
const builtName = (folder: string, path: string): string =>
  /[/\\]node_modules[/\\]/.test(folder) && !path.startsWith('ui/')
    ? path.replace(/\.ts$/, '.js')
    : path

/** One file of each module that has it. */
export const filesOf = (
  modules: readonly ModuleFolder[],
  path: string,
): readonly (ModuleFolder & { readonly file: string })[] =>
  modules
    .map((module) => ({ ...module, file: join(module.folder, builtName(module.folder, path)) }))
    .filter(({ file }) => existsSync(file))

/** The moment in the address makes Node read a file again after it changed under `--watch`. */
export const importFresh = async (file: string): Promise<Readonly<Record<string, unknown>>> =>
  import(`${pathToFileURL(file).href}?at=${statSync(file).mtimeMs}`)
