import { type ApiOf, api, pages } from '#web/lib/client.ts'

const camelCase = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** Throws for a module the pages were not built with: a page of it can then not be there either. */
const partOf = (all: object, module: string): unknown => {
  const part = (all as Readonly<Record<string, unknown>>)[camelCase(module)]
  if (part === undefined) throw new Error(`the pages were built without the module ${module}`)
  return part
}

/**
 * The client of one module, typed by its contract: `clientOf<typeof operations>('badges').add({ number })`, with the
 * queries of each operation beside it, and confirmation, repetition and `Problem` as everywhere.
 */
export const clientOf = <Operations extends object>(module: string): ApiOf<Operations> =>
  partOf(api, module) as ApiOf<Operations>

/** The addresses a contract states as `pages`. */
export const pagesOf = <Pages extends object>(module: string): Pages =>
  partOf(pages, module) as Pages
