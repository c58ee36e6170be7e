import { modules } from 'virtual:modules/ui'
import { loadTexts } from '#web/lib/texts.ts'
import type { UiCard, UiCheckUp, UiLink, UiModule, UiPage } from '#web/lib/ui-module.ts'

/** What a module shows, with the name of the module: it is also the namespace of its texts. */
type Of<T> = T & { readonly module: string }
export type FoundPage = Of<UiPage>
export type FoundCard = Of<UiCard>
export type FoundLink = Of<UiLink>
export type FoundCheckUp = Of<UiCheckUp>

const collect = <K extends keyof UiModule>(key: K) =>
  modules.flatMap(({ module, ui }) =>
    (ui[key] ?? []).map((item) => ({ ...item, module }) as Of<NonNullable<UiModule[K]>[number]>),
  )

export const allPages: readonly FoundPage[] = collect('pages')
export const allCards: readonly FoundCard[] = collect('cards')
export const allLinks: readonly FoundLink[] = collect('links')
export const allCheckUps: readonly FoundCheckUp[] = collect('checkUp')

/** Needed before any page: menu, palette and breadcrumbs show the titles of pages, and links lead from one to another. */
export const menuNamespaces: readonly string[] = [
  ...new Set([...allPages, ...allLinks].map((item) => item.module)),
]

/** The code of something a module shows, together with the words it is about to say. */
export const loadWithTexts = async <C>(item: {
  readonly module: string
  readonly load: () => Promise<C>
}): Promise<C> => {
  const [loaded] = await Promise.all([item.load(), loadTexts([item.module])])
  return loaded
}
