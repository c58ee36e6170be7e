import { holdsPermission } from '#web/lib/permissions.ts'
import { useMe } from '#web/lib/queries.ts'
import { say, useLocale } from '#web/lib/texts.ts'
import type { LinkSlotName, UiTarget } from '#web/lib/ui-module.ts'
import type { Contributions, Place } from '#web/ui/contributions.ts'
import { drawCards } from './cards.tsx'
import { loadCheckUp } from './check-up.ts'
import { allLinks, allPages } from './modules.ts'

const placeOf = (target: UiTarget): Place => {
  if (typeof target === 'string') return { to: target }
  if ('page' in target) return { to: target.page, hash: target.hash }
  const page = allPages.find(({ slots = [] }) => slots.includes(target.card))
  if (!page) throw new Error(`No page offers room for cards of "${target.card}"`)
  return { to: page.path, hash: target.hash }
}

const links = allLinks.toSorted((a, b) => a.order - b.order)

const useLinks = (slot: LinkSlotName) => {
  // Said once more when the language changes; the texts of links are there before any page.
  useLocale()
  const { permissions } = useMe()
  return links
    .filter((link) => link.slot === slot && holdsPermission(permissions, link.needs))
    .map(({ module, labelKey, to }) => ({ label: say(module, labelKey), ...placeOf(to) }))
}

/** What the modules offer for parts of each other's pages. */
export const contributions: Contributions = { drawCards, useLinks, placeOf, loadCheckUp }
