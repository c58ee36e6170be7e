import type { Context, LostActs, System } from '@latchkey/kit'
import { tokenRevoked } from './events.ts'
import { revokeById } from './store.ts'

/**
 * A restore brings tokens back as they were, because programs that use them must not stop. A token that was revoked after
 * the backup is revoked again, if the replaced database still knows of it.
 */
export const afterRestore = async (ctx: Context<System>, lost: LostActs) => {
  let accessTokens = 0
  for (const id of lost.targets(tokenRevoked.code))
    if (await revokeById(ctx.db, id, ctx.now())) accessTokens += 1
  return { accessTokens }
}
