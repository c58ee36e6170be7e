import type { ComponentType } from 'react'
import type { Say } from './texts.ts'
import type { UiIcon, UiTarget } from './ui-module.ts'
import type { useFormatter } from './use-formatter.ts'

/** Leads to another page, or opens a dialog on this one. */
export type CheckUpAction = { readonly label: string } & (
  | { readonly to: UiTarget }
  | { readonly dialog: ComponentType<{ readonly opened: boolean; readonly onClose: () => void }> }
)

/** One thing that matters to the account. */
export type CheckUpRow = {
  readonly icon: UiIcon
  readonly name: string
  readonly state?: { readonly tone: 'good' | 'notice' | 'plain'; readonly word: string }
  readonly fact: string
  readonly action: CheckUpAction
}

/** The texts of the module, and the formatter of the page. */
export type CheckUpWords = {
  readonly t: Say
  readonly formatter: ReturnType<typeof useFormatter>
}

type Query<A> = {
  readonly queryKey: readonly unknown[]
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<A>
}

/** What a module tells the security check-up: data, so that the page knows all of it before it draws any of it. */
export type CheckUpSource<A = unknown> = {
  readonly icon: UiIcon
  /** Key in the module's texts; with the icon, the row that says that the answer did not come. */
  readonly nameKey: string
  /** Absent: there is nothing to ask. */
  readonly query?: Query<A>
  /** What is there, and the way to change it. What there is none of takes no line. */
  readonly rows: (answer: A, words: CheckUpWords) => readonly CheckUpRow[]
  /** What is left to do. */
  readonly next?: (answer: A, words: CheckUpWords) => readonly CheckUpRow[]
}

/** Stands above everything while it is raised, or while nothing says whether it is; nothing else is then the first thing to do. */
export type CheckUpAlarm<A = unknown> = {
  readonly query: Query<A>
  readonly isRaised: (answer: A) => boolean
  readonly card: ComponentType
}

/** Seam: the page asks the query and hands its answer back, so the type of the answer is erased here once. */
export const defineCheckUp = <A>(source: CheckUpSource<A>): CheckUpSource =>
  source as unknown as CheckUpSource

/** The same seam for an alarm. */
export const defineAlarm = <A>(alarm: CheckUpAlarm<A>): CheckUpAlarm =>
  alarm as unknown as CheckUpAlarm
