import { type Actor, type Context, Refusal } from '@latchkey/kit'
import { wayInExists } from '#platform/identity/methods.ts'
import { refusals } from './contract.ts'
import { lockPerson } from './store.ts'

/**
 * Called by every rule that removes a sign-in method, in its transaction and after the removal: when no method is left it
 * refuses with `sign-in.last_way_in`, which rolls the removal back. The person's row stays locked until the commit, so two
 * simultaneous removals cannot each rely on the method that the other removes.
 */
export const requireWayInRemains = async (ctx: Context<Actor>, userId: string): Promise<void> => {
  await lockPerson(ctx.db, userId)
  if (!(await wayInExists(ctx, userId))) throw new Refusal(refusals.last_way_in)
}
