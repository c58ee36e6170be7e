import type { ComponentType } from 'react'
import type { CheckUpAlarm, CheckUpSource } from './check-up.ts'

/** An icon of `lucide-react`, or anything drawn the same way. */
export type UiIcon = ComponentType<{
  readonly size?: number | string
  readonly strokeWidth?: number | string
  readonly 'aria-hidden'?: boolean
}>

type Load = () => Promise<ComponentType>

/** `account`: what is yours, in the sub-navigation. `organisation`: the operator's side, in the sidebar. */
export type UiArea = 'account' | 'organisation'

/** A page a module adds. Menu, routes, palette and breadcrumbs are read off this. */
export type UiPage = {
  /** From the contract's `pages`. */
  readonly path: string
  readonly area: UiArea
  /** Key below `app:groups`; groups appear in the order written there. */
  readonly group: string
  /** Key in the module's own texts. */
  readonly titleKey: string
  readonly icon: UiIcon
  /** Within the group, lowest first. */
  readonly order: number
  /** Permission without the installation's namespace, e.g. `account.view`. */
  readonly needs: string
  /** Path of the page this one belongs to: menus leave it out and mark that page, breadcrumbs lead back to it. */
  readonly within?: string
  /** Slots for cards this page offers, so that a link to a card finds its page. */
  readonly slots?: readonly CardSlotName[]
  readonly load: Load
}

/** `profile` and `check-up` on those pages, `foot` below every page. */
export type CardSlotName = 'profile' | 'check-up' | 'foot'

/** A card shown where another part offers room for it. */
export type UiCard = {
  readonly slot: CardSlotName
  readonly order: number
  readonly needs?: string
  readonly load: Load
}

/** An address from a contract's `pages`, a place on that page, or a card: its address is that of the page which offers the slot. */
export type UiTarget =
  | string
  | { readonly page: string; readonly hash: string }
  | { readonly card: CardSlotName; readonly hash: string }

/** `recent-events`: what a person does who sees there what they did not do. */
export type LinkSlotName = 'recent-events'

/** A link to something of this module, shown where another part offers room for it. */
export type UiLink = {
  readonly slot: LinkSlotName
  readonly order: number
  readonly needs: string
  /** Key in the module's own texts. */
  readonly labelKey: string
  readonly to: UiTarget
}

/** Part of the security check-up: an alarm above everything, what protects the account, or what has access to it. */
export type UiCheckUp = {
  /** Within the part, lowest first. */
  readonly order: number
  readonly needs?: string
} & (
  | { readonly part: 'protection' | 'access'; readonly load: () => Promise<CheckUpSource> }
  | { readonly part: 'alarm'; readonly load: () => Promise<CheckUpAlarm> }
)

export type UiModule = {
  readonly pages?: readonly UiPage[]
  readonly cards?: readonly UiCard[]
  readonly links?: readonly UiLink[]
  readonly checkUp?: readonly UiCheckUp[]
}

/** What a module shows: one object per `ui/index.tsx`, exported as `ui`. */
export const defineUi = (module: UiModule): UiModule => module
