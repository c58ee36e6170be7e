import { say } from './texts.ts'

type Check = (value: string) => string | undefined

export const required: Check = (value) =>
  value.trim() === '' ? say('web', 'fields.required') : undefined

/** Counted in UTF-16 units, as the contracts count. */
export const atMost =
  (max: number): Check =>
  (value) =>
    value.length > max ? say('web', 'fields.tooLong', { count: max }) : undefined

/** A host may stand alone (`ada@localhost`); what ends in one Latin letter is not finished. */
const plainAddress = /^[^\s@]+@([^\s@.]+\.)*([^\s@.]{2,}|\P{ASCII})$/u

/** Only the slips of the finger; whether an address exists is proved by mail. */
export const emailAddress: Check = (value) =>
  plainAddress.test(value.trim()) ? undefined : say('web', 'fields.email')

/** The first thing that is wrong. */
export const firstOf = (value: string, ...checks: readonly Check[]): string | undefined => {
  for (const check of checks) {
    const fault = check(value)
    if (fault) return fault
  }
  return undefined
}
