import { createContext, type ReactNode, useContext } from 'react'
import type { CheckUpAlarm, CheckUpSource } from '#web/lib/check-up.ts'
import type { CardSlotName, LinkSlotName, UiTarget } from '#web/lib/ui-module.ts'

/** An address inside the product. */
export type Place = { readonly to: string; readonly hash?: string }
/** A link in the words of the module that offers it. */
export type ResolvedLink = Place & { readonly label: string }

type Loaded<T> = T & { readonly module: string; readonly needs?: string }
/** What the modules tell the check-up, each in its order. */
export type LoadedCheckUp = {
  readonly alarms: readonly Loaded<CheckUpAlarm>[]
  readonly protection: readonly Loaded<CheckUpSource>[]
  readonly access: readonly Loaded<CheckUpSource>[]
}

/** What other modules offer for a part of a page. The part names a slot and knows none of them. */
export type Contributions = {
  readonly drawCards: (slot: CardSlotName) => ReactNode
  /** Those of the links that the role may follow, in their order. */
  readonly useLinks: (slot: LinkSlotName) => readonly ResolvedLink[]
  readonly placeOf: (target: UiTarget) => Place
  /** With the texts they speak in, and the code of the cards below them: for `use`, so always the same promise. */
  readonly loadCheckUp: () => Promise<LoadedCheckUp>
}

const nothing: Contributions = {
  drawCards: () => null,
  useLinks: () => [],
  placeOf: (target) => {
    throw new Error(`Outside of the app nothing leads to ${JSON.stringify(target)}`)
  },
  loadCheckUp: async () => ({ alarms: [], protection: [], access: [] }),
}

/** Filled by the shell, which finds the modules. */
export const ContributionsContext = createContext(nothing)

export const useContributions = (): Contributions => useContext(ContributionsContext)

export const useLinks: Contributions['useLinks'] = (slot) => useContributions().useLinks(slot)
