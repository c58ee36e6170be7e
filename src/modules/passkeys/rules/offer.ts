import type { Rule } from '@latchkey/kit'
import { iso, isoOrNull } from '#platform/clock/moment.ts'
import type { operations } from '../contract.ts'
import { dismissedAt, keepDismissal } from '../store.ts'

type Ops = typeof operations

export const readOffer: Rule<Ops['readOffer']> = async (ctx) => {
  const at = await dismissedAt(ctx.db, ctx.actor.userId)
  return { dismissedAt: isoOrNull(at) }
}

/** Stored for the user and not for a browser, so that "not now" is said once. It changes nothing about the account. */
export const dismissOffer: Rule<Ops['dismissOffer']> = (ctx) =>
  ctx.transaction(async (ctx) => ({
    dismissedAt: iso(await keepDismissal(ctx.db, ctx.actor.userId, ctx.now())),
  }))
