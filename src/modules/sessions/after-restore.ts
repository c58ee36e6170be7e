import type { Context, System } from '@latchkey/kit'
import { endAllPending } from './pending.ts'
import { endAllSessions } from './store.ts'

/** A session that was ended after the backup must not come back with it, and nobody knows which those are: all end. */
export const afterRestore = async (ctx: Context<System>) => ({
  sessions: await endAllSessions(ctx.db, { at: ctx.now(), reason: 'restored' }),
  pendingSignIns: await endAllPending(ctx.db, ctx.now()),
})
