import type { Rule } from '@latchkey/kit'
import type { operations } from './contract.ts'
import { dismissedAt, keepDismissal } from './store.ts'

type Ops = typeof operations

const iso = (moment: number): string => new Date(moment).toISOString()

export const readOffer: Rule<Ops['readOffer']> = async (ctx) => {
  const at = await dismissedAt(ctx.db, ctx.actor.userId)
  return { dismissedAt: at === null ? null : iso(at) }
}

/** With the person and not in one browser: "not now" is said once. Nothing about the account changes by it. */
export const dismissOffer: Rule<Ops['dismissOffer']> = (ctx) =>
  ctx.transaction(async (ctx) => ({
    dismissedAt: iso(await keepDismissal(ctx.db, ctx.actor.userId, ctx.now())),
  }))
