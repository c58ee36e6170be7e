import type { Context } from '@latchkey/kit'
import { hasVerifiedPasskey, listPasskeys } from './store.ts'

export { deletePasskeys, listRpIds } from './store.ts'
export { trustPasskey } from './trusting.ts'
export { passkeyWay } from './way.ts'

/** Whether a passkey makes this account ask for a second step: one with which the person was verified. */
export const hasPasskeyFactor = (ctx: Pick<Context, 'db'>, userId: string): Promise<boolean> =>
  hasVerifiedPasskey(ctx.db, userId)

/** Any passkey, trusted to verify the person or not yet. */
export const hasPasskey = async (ctx: Pick<Context, 'db'>, userId: string): Promise<boolean> =>
  (await listPasskeys(ctx.db, userId)).length > 0
