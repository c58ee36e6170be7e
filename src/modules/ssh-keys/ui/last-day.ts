/** The end of a day where the person is; null for no day. */
export const endOf = (day: string): Date | null => (day ? new Date(`${day}T23:59:59`) : null)

export const isPast = (day: string): boolean => {
  const end = endOf(day)
  return end !== null && !(end.getTime() > Date.now())
}

/** The day of a moment where the person is, as a date field takes it; empty for no moment. */
export const dayOf = (at: string | null): string => {
  if (at === null) return ''
  const moment = new Date(at)
  const parts = [moment.getMonth() + 1, moment.getDate()].map((part) => `${part}`.padStart(2, '0'))
  return [moment.getFullYear(), ...parts].join('-')
}
