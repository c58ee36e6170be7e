import type { Actor, Context, Db } from '@latchkey/kit'
import { securityNotice } from '#modules/person/api.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { hasKeyForm, lastFour } from '#platform/crypto/key-format.ts'
import { tokenPrefix } from './authenticator.ts'
import { pages } from './contract.ts'
import { tokenRevoked } from './events.ts'
import { findByTokenHash, revokeByHash } from './store.ts'

/** Ends a leaked token and tells its owner. False when the value is no token, or one that had ended. */
export const revokeLeakedToken = (ctx: Context<Actor>, token: string): Promise<boolean> =>
  ctx.transaction(async (ctx) => {
    if (!hasKeyForm(token, tokenPrefix)) return false
    const revoked = await revokeByHash(ctx.db, sha256(token), ctx.now())
    if (!revoked) return false
    const letters = await securityNotice(ctx, revoked.user_id, {
      text: 'access-tokens:leaked',
      page: pages.list,
      values: { what: revoked.name },
    })
    const data = { name: revoked.name, because: 'leaked' } as const
    const about = { userId: revoked.user_id, target: revoked.id, letters }
    await ctx.announce(tokenRevoked, data, about)
    return true
  })

/** The owner of a working token. Grants nothing and records nothing: it serves to tell the owner where the token leaked. */
export const ownerOfToken = async (db: Db, token: string, now: number) => {
  if (!hasKeyForm(token, tokenPrefix)) return null
  const [row] = await findByTokenHash(db, sha256(token))
  if (!row || (row.expires_at ?? now + 1) <= now) return null
  const isDisabled = row.disabled_at !== null
  return { userId: row.user_id, credentialId: row.id, lastFour: lastFour(token), isDisabled }
}
