import type { Context } from '@latchkey/kit'
import { countLive } from './store.ts'

/** Number of tokens that still work, including rotated ones that have not ended. */
export const countWorkingTokens = (
  ctx: Pick<Context, 'db' | 'now'>,
  userId: string,
): Promise<number> => countLive(ctx.db, userId, ctx.now())
