import type { Actor, Context } from '@latchkey/kit'
import { securityNotice } from '#modules/person/api.ts'
import { pages } from './contract.ts'
import { passkeyRefused } from './events.ts'
import { markSuspected, type PasskeyRow } from './store.ts'

/**
 * Records a refused passkey in the trail. One whose counter went back may have been copied (WebAuthn §6.1.1): a risk and no
 * proof, so it is not removed, but the user is told.
 */
export const noteRefused = (
  ctx: Context<Actor>,
  { id, user_id: userId, name }: PasskeyRow,
  reason: 'counter' | 'signature' | 'owner',
): Promise<void> =>
  ctx.transaction(async (ctx) => {
    const isTold = reason === 'counter' && (await markSuspected(ctx.db, id, ctx.now()))
    const notice = { text: 'passkeys:suspected', page: pages.list, values: { what: name } }
    const letters = isTold ? await securityNotice(ctx, userId, notice) : []
    await ctx.announce(
      passkeyRefused,
      { reason },
      { userId, target: id, result: 'failure', letters },
    )
  })
