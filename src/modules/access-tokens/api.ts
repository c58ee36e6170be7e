import type { Actor, Context } from '@latchkey/kit'
import { securityNotice } from '#modules/people/api.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { hasKeyForm } from '#platform/crypto/key-format.ts'
import { tokenPrefix } from './authenticator.ts'
import { tokenRevoked } from './events.ts'
import { revokeByHash } from './store.ts'

/** Ends a token that turned up where it should not be, and tells its owner. False when it was none, or over already. */
export const revokeLeakedToken = (ctx: Context<Actor>, token: string): Promise<boolean> =>
  ctx.transaction(async (ctx) => {
    if (!hasKeyForm(token, tokenPrefix)) return false
    const revoked = await revokeByHash(ctx.db, sha256(token), ctx.now())
    if (!revoked) return false
    const letters = await securityNotice(ctx, revoked.user_id, {
      text: 'access-tokens:leaked',
      values: { what: revoked.name },
    })
    const data = { name: revoked.name, because: 'leaked' } as const
    const about = { userId: revoked.user_id, target: revoked.id, letters }
    await ctx.announce(tokenRevoked, data, about)
    return true
  })
