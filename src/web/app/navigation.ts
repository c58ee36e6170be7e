import { holdsPermission } from '#web/lib/permissions.ts'
import type { UiArea } from '#web/lib/ui-module.ts'
import type { FoundPage } from './modules.ts'

/** Order of the groups in menus; their names are `app:groups.<name>`. Unknown ones come last. */
const groupOrder = ['you', 'signing-in', 'keys', 'preferences', 'people', 'automation']

export type NavigationGroup = { readonly name: string; readonly pages: readonly FoundPage[] }
export type Navigation = {
  readonly account: readonly NavigationGroup[]
  readonly organisation: readonly NavigationGroup[]
}

const rankOf = (group: string) => {
  const rank = groupOrder.indexOf(group)
  return rank < 0 ? groupOrder.length : rank
}

const groupsOf = (pages: readonly FoundPage[], area: UiArea): NavigationGroup[] => {
  const inArea = pages.filter((page) => page.area === area)
  return [...Map.groupBy(inArea, (page) => page.group)]
    .map(([name, members]) => ({ name, pages: members.toSorted((a, b) => a.order - b.order) }))
    .sort((a, b) => rankOf(a.name) - rankOf(b.name))
}

/** Only what this person may see. The server decides again on every call. */
export const navigationFor = (
  pages: readonly FoundPage[],
  permissions: readonly string[],
): Navigation => {
  const visible = pages.filter((page) => holdsPermission(permissions, page.needs))
  return { account: groupsOf(visible, 'account'), organisation: groupsOf(visible, 'organisation') }
}

/** Whether menus show it; a page within another is reached from there. */
export const isEntry = (page: FoundPage): boolean => page.within === undefined

/** Where a user lands who asked for no page in particular. */
export const landingPath = (navigation: Navigation): string | null =>
  navigation.account[0]?.pages[0]?.path ?? navigation.organisation[0]?.pages[0]?.path ?? null

export const isAccountPath = (path: string, navigation: Navigation): boolean =>
  navigation.account.some((group) => group.pages.some((page) => page.path === path))

export const pageAt = (pages: readonly FoundPage[], path: string): FoundPage | null =>
  pages.find((page) => page.path === path.replace(/(?<=.)\/+$/, '')) ?? null
