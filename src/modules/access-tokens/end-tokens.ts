import type { Actor, Context } from '@latchkey/kit'
import { tokenRevoked } from './events.ts'
import { revokeAll } from './store.ts'

/** Ends every token of a person whose account was recovered: whoever had it may have made some. Within a transaction. */
export const endTokens = async (
  ctx: Pick<Context<Actor>, 'db' | 'now' | 'announce'>,
  userId: string,
): Promise<void> => {
  for (const { id, name } of await revokeAll(ctx.db, userId, ctx.now()))
    await ctx.announce(tokenRevoked, { name, because: 'recovered' }, { userId, target: id })
}
