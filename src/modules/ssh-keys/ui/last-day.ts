import { dayText, endOfDay } from '#web/lib/day.ts'

/** The end of a chosen day, as the server takes it; null for no day. */
export const endOf = (day: string): string | null => {
  const end = endOfDay(day)
  return end === null ? null : new Date(end).toISOString()
}

/** A day that is none is past as well: nothing may be sent for it. */
export const isPast = (day: string): boolean =>
  day !== '' && (endOfDay(day) ?? Number.NEGATIVE_INFINITY) <= Date.now()

/** The day of a moment, as a date field takes it; empty for no moment. */
export const dayOf = (at: string | null): string => (at === null ? '' : dayText(Date.parse(at)))
