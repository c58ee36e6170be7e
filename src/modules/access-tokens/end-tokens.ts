import type { Actor, Context } from '@latchkey/kit'
import { tokenRevoked } from './events.ts'
import { revokeAll } from './store.ts'

/** Ends every token of a recovered account: an attacker may have made some. Called in a transaction. */
export const endTokens = async (
  ctx: Pick<Context<Actor>, 'db' | 'now' | 'announce'>,
  userId: string,
): Promise<void> => {
  for (const { id, name } of await revokeAll(ctx.db, userId, ctx.now()))
    await ctx.announce(tokenRevoked, { name, because: 'recovered' }, { userId, target: id })
}
