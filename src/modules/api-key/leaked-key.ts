import type { Actor, Context, Db } from '@latchkey/kit'
import { securityNotice } from '#modules/person/api.ts'
import { isoDay } from '#platform/clock/moment.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { hasKeyForm } from '#platform/crypto/key-format.ts'
import { keyPrefix } from './authenticator.ts'
import { pages } from './contract.ts'
import { apiKeyRevoked } from './events.ts'
import { deleteByHash, findByKeyHash } from './store.ts'

/** Ends a leaked key and tells its owner. False when the value is no key, or one that had ended. */
export const revokeLeakedKey = (ctx: Context<Actor>, key: string): Promise<boolean> =>
  ctx.transaction(async (ctx) => {
    if (!hasKeyForm(key, keyPrefix)) return false
    const gone = await deleteByHash(ctx.db, sha256(key), ctx.now())
    if (!gone) return false
    const letters = await securityNotice(ctx, gone.user_id, {
      text: gone.last_used_at === null ? 'api-key:leakedUnused' : 'api-key:leaked',
      page: pages.apiKey,
      values: {
        what: gone.last_four,
        date: isoDay(gone.last_used_at ?? 0),
        usedFrom: gone.last_used_address ?? '',
      },
    })
    const data = { lastFour: gone.last_four, because: 'leaked' } as const
    await ctx.announce(apiKeyRevoked, data, { userId: gone.user_id, target: gone.id, letters })
    return true
  })

/** The owner of a working key. Grants nothing and records nothing: it serves to tell the owner where the key leaked. */
export const ownerOfKey = async (db: Db, key: string, now: number) => {
  if (!hasKeyForm(key, keyPrefix)) return null
  const [row] = await findByKeyHash(db, sha256(key))
  if (!row || (row.ends_at ?? now + 1) <= now) return null
  const isDisabled = row.disabled_at !== null
  return { userId: row.user_id, credentialId: row.id, lastFour: row.last_four, isDisabled }
}
