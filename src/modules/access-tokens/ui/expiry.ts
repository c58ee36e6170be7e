import { dayText, endOfDay } from '#web/lib/day.ts'

/** What an offer says about lifetimes, in days. */
type Lifetimes = {
  readonly usualLifetimeDays: number
  /** null: tokens without expiry are allowed. */
  readonly lifetimeDaysMax: number | null
}

const dayMs = 24 * 3600 * 1000
const steps = [30, 90, 365] as const
/** Days. The same bound as the contract, where nothing else is set. */
const longestDays = 3650
/** Days before the end from which a list warns; the first mail goes out then as well. */
const warnDays = 14

/** Days, as a text of the form; `none`: no expiry; `date`: a day that is chosen. */
export type ExpiryChoice = `${number}` | 'none' | 'date'

export const usualDays = ({ usualLifetimeDays, lifetimeDaysMax }: Lifetimes): number =>
  Math.min(usualLifetimeDays, lifetimeDaysMax ?? usualLifetimeDays)

/** Where less than a year is allowed, the longest that is allowed is offered too. */
const dayChoices = (lifetimes: Lifetimes): readonly number[] => {
  const most = lifetimes.lifetimeDaysMax ?? longestDays
  const offered: ReadonlySet<number> = new Set([
    ...steps.filter((days) => days <= most),
    usualDays(lifetimes),
  ])
  return [...offered].toSorted((one, other) => one - other)
}

export const expiryChoices = (lifetimes: Lifetimes): readonly ExpiryChoice[] => [
  ...dayChoices(lifetimes).map((days): ExpiryChoice => `${days}`),
  'date',
  ...(lifetimes.lifetimeDaysMax === null ? (['none'] as const) : []),
]

export const isOffered = (choice: string, lifetimes: Lifetimes): choice is ExpiryChoice =>
  expiryChoices(lifetimes).some((one) => one === choice)

/** First and last day that may be chosen. */
export const dayBounds = ({ lifetimeDaysMax }: Lifetimes, now: number) =>
  ({ first: dayText(now), last: dayText(now + (lifetimeDaysMax ?? longestDays) * dayMs) }) as const

type DayFault = 'missing' | 'past' | 'late'

export const dayFault = (text: string, lifetimes: Lifetimes, now: number): DayFault | null => {
  if (endOfDay(text) === null) return 'missing'
  const { first, last } = dayBounds(lifetimes, now)
  if (text < first) return 'past'
  return text > last ? 'late' : null
}

export type Wish = { readonly choice: string; readonly date: string }

/** When a token made now would end; null: never, undefined: nothing sensible is chosen yet. Epoch milliseconds. */
export const endOf = ({ choice, date }: Wish, now: number): number | null | undefined => {
  if (choice === 'none') return null
  if (choice === 'date') return endOfDay(date) ?? undefined
  const days = Number(choice)
  return days > 0 ? now + days * dayMs : undefined
}

/** For the call. The usual lifetime is left to the server, whose clock is the one that counts. */
export const expiryInput = (
  wish: Wish,
  lifetimes: Lifetimes,
  now: number,
): { readonly expiresAt?: string | null } => {
  if (wish.choice === `${usualDays(lifetimes)}`) return {}
  const end = endOf(wish, now)
  if (end === undefined) return {}
  return { expiresAt: end === null ? null : new Date(end).toISOString() }
}

/** When the successor of a token would end: as long again, within what is allowed today. */
export const endAfterRotation = (
  old: { readonly createdAt: string; readonly expiresAt: string | null },
  lifetimeDaysMax: number | null,
  now: number,
): number | null => {
  const lifetime = old.expiresAt
    ? Date.parse(old.expiresAt) - Date.parse(old.createdAt)
    : Number.POSITIVE_INFINITY
  const cap = lifetimeDaysMax === null ? Number.POSITIVE_INFINITY : lifetimeDaysMax * dayMs
  const shorter = Math.min(lifetime, cap)
  return shorter === Number.POSITIVE_INFINITY ? null : now + shorter
}

export const endsSoon = (expiresAt: string | null, now: number): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= now + warnDays * dayMs
