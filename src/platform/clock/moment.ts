import { remembered } from '../remembered.ts'

export const hourMs = 3600 * 1000
export const dayMs = 24 * hourMs

/** Epoch milliseconds as ISO 8601 in UTC: how a moment is written in answers, events and commands. */
export const iso = (moment: number): string => new Date(moment).toISOString()

export const isoOrNull = (moment: number | null): string | null =>
  moment === null ? null : iso(moment)

/** `2026-11-23`: the day in UTC, for mails that name no hour. */
export const isoDay = (moment: number): string => iso(moment).slice(0, 10)

/** `iso` for the hot path: a key asks again and again, and each answer tells it the same end. */
export const rememberedIso = remembered(1000, iso)
