import { modules } from 'virtual:modules/entrances'
import { type ComponentType, lazy } from 'react'
import { pageAs } from '#web/lib/client.ts'
import type { EntrancePage } from '#web/lib/entrance-page.ts'
import { loadTexts } from '#web/lib/texts.ts'

const pages = modules.flatMap(({ entrance }) => entrance)

/** The server answers the entrance only for its pages; anything else that gets here wants to sign in. */
export const pageAt = (path: string): EntrancePage => {
  const page =
    pages.find((candidate) => candidate.path === path) ??
    pages.find(({ path }) => path === pageAs['sign-in'])
  if (!page) throw new Error('There is no sign-in page.')
  return page
}

const loading = new Map<EntrancePage, Promise<ComponentType>>()

export const preparePage = (page: EntrancePage): Promise<ComponentType> => {
  const known = loading.get(page)
  if (known) return known
  const fresh = page.load()
  loading.set(page, fresh)
  return fresh
}

const components = new Map<EntrancePage, ComponentType>()

/** Suspends until the page and its texts are there. */
export const componentOf = (page: EntrancePage): ComponentType => {
  const known = components.get(page)
  if (known) return known
  const component = lazy(async () => {
    const [loaded] = await Promise.all([preparePage(page), loadTexts(page.texts)])
    return { default: loaded }
  })
  components.set(page, component)
  return component
}
