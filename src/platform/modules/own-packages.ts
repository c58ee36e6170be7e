import { registerHooks } from 'node:module'
import { sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Packages a module gets from the product, even if its own node_modules has a copy. */
const ours = /^(@latchkey\/kit|zod|kysely)(\/|$)/

const folders = new Set<string>()

const liesOutside = (parent: string | undefined): boolean =>
  parent !== undefined && [...folders].some((folder) => parent.startsWith(folder))

let isRegistered = false

const register = (): void => {
  if (isRegistered) return
  isRegistered = true
  registerHooks({
    resolve: (name, context, next) =>
      next(
        name,
        ours.test(name) && liesOutside(context.parentURL)
          ? { ...context, parentURL: import.meta.url }
          : context,
      ),
  })
}

/**
 * From now on, what lies in this folder imports the product's own kit, zod and Kysely: with a second copy of the kit, a
 * `Refusal` would be no instance of ours and leave as a fault. It also spares the module an installation.
 */
export const lendOwnPackages = (folder: string): void => {
  folders.add(pathToFileURL(folder + sep).href)
  register()
}
