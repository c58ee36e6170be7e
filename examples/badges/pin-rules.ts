import { Refusal, type Rule } from '@latchkey/kit'
import { hashPassword, securityNotice } from '@latchkey/kit/server'
import { type operations, pages, refusals } from './contract.ts'
import { pinRemoved, pinSet } from './events.ts'
import { deletePin, findPin, putPin } from './store.ts'

type Ops = typeof operations

export const readPin: Rule<Ops['readPin']> = async (ctx) => ({
  isSet: (await findPin(ctx.db, ctx.actor.userId)) !== null,
})

export const setPin: Rule<Ops['setPin']> = async (ctx, { pin }) => {
  const { userId } = ctx.actor
  // Before the transaction: a hash takes as long as hundreds of writes.
  const stored = await hashPassword(ctx, pin)
  await ctx.transaction(async (ctx) => {
    await putPin(ctx.db, userId, { stored, at: ctx.now() })
    const letters = await securityNotice(ctx, userId, { text: 'badges:pin', page: pages.list })
    await ctx.announce(pinSet, {}, { letters })
  })
  return {}
}

export const removePin: Rule<Ops['removePin']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    const { userId } = ctx.actor
    if (!(await deletePin(ctx.db, userId))) throw new Refusal(refusals.not_found)
    const letters = await securityNotice(ctx, userId, { text: 'badges:unpin', page: pages.list })
    await ctx.announce(pinRemoved, {}, { letters })
    return {}
  })
