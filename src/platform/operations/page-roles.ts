import { addressesOf, type ModuleSpec, type PageRole } from '@latchkey/kit'
import type { Registry } from './registry.ts'

/** Role → address, as the modules declare it. A role given to an address that its module does not serve stops the start. */
export const pageRolesOf = (modules: readonly ModuleSpec[]): ReadonlyMap<PageRole, string> => {
  for (const { name, pageRoles = {}, pages = [], entrances = [] } of modules)
    for (const [role, at] of Object.entries(pageRoles))
      if (typeof at === 'string' && ![...pages, ...entrances].includes(at))
        throw new Error(`module ${name} says ${at} is "${role}", and does not serve it`)
  return addressesOf(modules.map(({ pageRoles = {} }) => pageRoles))
}

/** For what cannot do without the page: asked at start. */
export const pageOf = ({ catalogue }: Pick<Registry, 'catalogue'>, role: PageRole): string => {
  const page = catalogue.pages.get(role)
  if (page === undefined) throw new Error(`no module has a page that is "${role}"`)
  return page
}

/** Code of a refusal → the page where a signed-in person does something about it. */
export const curePagesOf = (registry: Registry): ReadonlyMap<string, string> =>
  new Map(
    registry.refusals.flatMap(({ code, cure }) => {
      if (!cure) return []
      const page = pageOf(registry, cure.page)
      return [[code, cure.query === undefined ? page : `${page}?${cure.query}`] as const]
    }),
  )
