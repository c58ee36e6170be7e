import type { Context } from '@latchkey/kit'
import { countPublishable } from './store.ts'

/** The keys that servers are told of. */
export const countWorkingSshKeys = (
  ctx: Pick<Context, 'db' | 'now'>,
  userId: string,
): Promise<number> => countPublishable(ctx.db, userId, ctx.now())
