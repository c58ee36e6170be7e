/** The day of a moment as a date field writes it, in the time of this device: `2026-11-23`. */
export const dayText = (moment: number): string => {
  const day = new Date(moment)
  const two = (part: number) => String(part).padStart(2, '0')
  const year = String(day.getFullYear()).padStart(4, '0')
  return `${year}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** The last moment of a day written by a date field; null when it is none. Epoch milliseconds. */
export const endOfDay = (text: string): number | null => {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!found) return null
  const [year = 0, month = 0, day = 0] = found.slice(1).map(Number)
  const end = new Date(year, month - 1, day, 23, 59, 59, 999)
  return end.getMonth() === month - 1 && end.getDate() === day ? end.getTime() : null
}
