import type { Context } from '@latchkey/kit'
import { countLive } from './store.ts'

/** How many still let a program in as this person; those that were rotated and not yet over among them. */
export const countWorkingTokens = (
  ctx: Pick<Context, 'db' | 'now'>,
  userId: string,
): Promise<number> => countLive(ctx.db, userId, ctx.now())
