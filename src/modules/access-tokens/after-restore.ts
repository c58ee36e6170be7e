import type { Context, LostActs, System } from '@latchkey/kit'
import { tokenRevoked } from './events.ts'
import { revokeById } from './store.ts'

/**
 * Tokens come back as they were: programs that have one would stop for no reason of theirs. But one that somebody
 * revoked after the backup is revoked again, where the replaced database still knows of it.
 */
export const afterRestore = async (ctx: Context<System>, lost: LostActs) => {
  let accessTokens = 0
  for (const id of lost.targets(tokenRevoked.code))
    if (await revokeById(ctx.db, id, ctx.now())) accessTokens += 1
  return { accessTokens }
}
