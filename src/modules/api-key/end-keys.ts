import type { Actor, Context } from '@latchkey/kit'
import { apiKeyRevoked } from './events.ts'
import { deleteOwnKeys } from './store.ts'

/** Ends the key, and the one it replaced, of a person whose account was recovered. Within a transaction. */
export const endKeys = async (
  ctx: Pick<Context<Actor>, 'db' | 'now' | 'announce'>,
  userId: string,
): Promise<void> => {
  for (const { id, last_four } of await deleteOwnKeys(ctx.db, userId, ctx.now())) {
    const data = { lastFour: last_four, because: 'recovered' } as const
    await ctx.announce(apiKeyRevoked, data, { userId, target: id })
  }
}
