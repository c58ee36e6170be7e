import type { Context } from '@latchkey/kit'
import { hasAuthenticator } from '#modules/two-factor/api.ts'
import { hasVerifiedPasskey } from './store.ts'

/** Whether a passkey makes this account ask for a second step: one with which the person was verified. */
export const hasPasskeyFactor = (ctx: Pick<Context, 'db'>, userId: string): Promise<boolean> =>
  hasVerifiedPasskey(ctx.db, userId)

/** Whether a second step is asked for at all. Here, because passkeys know of apps and apps do not know of passkeys. */
export const isTwoFactorOn = async (ctx: Pick<Context, 'db'>, userId: string): Promise<boolean> =>
  (await hasAuthenticator(ctx.db, userId)) || (await hasPasskeyFactor(ctx, userId))
