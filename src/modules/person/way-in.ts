import { type Actor, type Context, Refusal } from '@latchkey/kit'
import { wayInExists } from '#platform/identity/methods.ts'
import { refusals } from './contract.ts'
import { lockPerson } from './store.ts'

/**
 * Called by every rule that takes a method to sign in away, in its transaction and after the taking: when nothing is left
 * to come in with, it refuses and the transaction takes the removal back. The person's row stays locked until the commit,
 * so two removals at once cannot each count on what the other takes. Refuses with `sign-in.last_way_in`.
 */
export const requireWayInRemains = async (ctx: Context<Actor>, userId: string): Promise<void> => {
  await lockPerson(ctx.db, userId)
  if (!(await wayInExists(ctx, userId))) throw new Refusal(refusals.last_way_in)
}
