import { iso } from '@latchkey/kit/server'
import { remembered } from '../remembered.ts'

export { dayMs, hourMs, iso, isoOrNull } from '@latchkey/kit/server'

/** `2026-11-23`: the day in UTC, for mails that name no hour. */
export const isoDay = (moment: number): string => iso(moment).slice(0, 10)

/** `iso` for the hot path: a key asks again and again, and each answer tells it the same end. */
export const rememberedIso = remembered(1000, iso)
