import type { Context, System } from '@latchkey/kit'
import { endAllPending } from './pending.ts'
import { endAllSessions } from './store.ts'

/** A session ended after the backup must not come back with it. It is unknown which those are, so all sessions end. */
export const afterRestore = async (ctx: Context<System>) => ({
  sessions: await endAllSessions(ctx.db, { at: ctx.now(), reason: 'restored' }),
  pendingSignIns: await endAllPending(ctx.db, ctx.now()),
})
