import type { Context } from '@latchkey/kit'
import { listPasskeys } from './store.ts'

export { hasPasskeyFactor, isTwoFactorOn } from './factor.ts'
export { deletePasskeys, listRpIds } from './store.ts'

/** Any passkey, trusted to verify the person or not yet. */
export const hasPasskey = async (ctx: Pick<Context, 'db'>, userId: string): Promise<boolean> =>
  (await listPasskeys(ctx.db, userId)).length > 0
