import { loadTexts } from '#web/lib/texts.ts'
import type { UiCard, UiModule, UiPage } from '#web/lib/ui-module.ts'

const found = import.meta.glob<UiModule>('#modules/*/ui/index.tsx', { eager: true, import: 'ui' })

/** What a module shows, with the folder name of the module: it is also the namespace of its texts. */
type Of<T> = T & { readonly module: string }
export type FoundPage = Of<UiPage>
export type FoundCard = Of<UiCard>

const modules = Object.entries(found).map(([path, ui]) => ({
  name: path.split('/').at(-3) ?? '',
  ui,
}))

const collect = <K extends keyof UiModule>(key: K) =>
  modules.flatMap(({ name, ui }) =>
    (ui[key] ?? []).map(
      (item) => ({ ...item, module: name }) as Of<NonNullable<UiModule[K]>[number]>,
    ),
  )

export const allPages: readonly FoundPage[] = collect('pages')
export const allCards: readonly FoundCard[] = collect('cards')

/** Titles of pages are needed before any page: menu, palette and breadcrumbs show them. */
export const menuNamespaces: readonly string[] = [...new Set(allPages.map((page) => page.module))]

/** The code of something a module shows, together with the words it is about to say. */
export const loadWithTexts = async <C>(item: {
  readonly module: string
  readonly load: () => Promise<C>
}): Promise<C> => {
  const [loaded] = await Promise.all([item.load(), loadTexts([item.module])])
  return loaded
}
