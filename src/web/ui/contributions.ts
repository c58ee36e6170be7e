import { createContext, type ReactNode, useContext } from 'react'
import type { CardSlotName, LinkSlotName, UiTarget } from '#web/lib/ui-module.ts'

/** An address inside the product. */
export type Place = { readonly to: string; readonly hash?: string }
/** A link in the words of the module that offers it. */
export type ResolvedLink = Place & { readonly label: string }

/** What other modules offer for a part of a page. The part names a slot and knows none of them. */
export type Contributions = {
  readonly drawCards: (slot: CardSlotName) => ReactNode
  /** Those of the links that the role may follow, in their order. */
  readonly useLinks: (slot: LinkSlotName) => readonly ResolvedLink[]
  readonly placeOf: (target: UiTarget) => Place
}

const nothing: Contributions = {
  drawCards: () => null,
  useLinks: () => [],
  placeOf: (target) => {
    throw new Error(`Outside of the app nothing leads to ${JSON.stringify(target)}`)
  },
}

/** Filled by the shell, which finds the modules. */
export const ContributionsContext = createContext(nothing)

export const useContributions = (): Contributions => useContext(ContributionsContext)

export const useLinks: Contributions['useLinks'] = (slot) => useContributions().useLinks(slot)
