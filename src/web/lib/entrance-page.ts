import type { ComponentType } from 'react'

/** A page for a visitor who is not signed in. `ui/entrance.ts` of a module exports them as `entrance`. */
export type EntrancePage = {
  /** From the contract's `pages`. */
  readonly path: string
  /** Namespaces of texts the page shows, loaded together with it. */
  readonly texts: readonly string[]
  readonly load: () => Promise<ComponentType<Record<never, never>>>
}

export const defineEntrance = (pages: readonly EntrancePage[]): readonly EntrancePage[] => pages
