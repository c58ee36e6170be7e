import type { Context } from '@latchkey/kit'
import { findOwnKeys } from './store.ts'

/** Two while the one that was replaced still works. */
export const countWorkingKeys = async (
  ctx: Pick<Context, 'db' | 'now'>,
  userId: string,
): Promise<number> => {
  const now = ctx.now()
  const rows = await findOwnKeys(ctx.db, userId)
  return rows.filter(({ ends_at }) => ends_at === null || ends_at > now).length
}
