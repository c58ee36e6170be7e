import type { Context, System } from '@latchkey/kit'
import { installationFact } from '#platform/crypto/installation.ts'
import { issueOneTimeToken, voidOneTimeTokens } from '#platform/identity/one-time-token.ts'

export const setupKind = 'setup'
export const setupFact = 'set-up'
/** Shown so that people and secret scanners can tell it from other secrets. */
export const setupPrefix = 'cfs_'

const setupDays = 30

/** A fresh code for creating the first account, or null when that has been done. Codes printed earlier stop working. */
export const prepareSetup = (ctx: Context<System>): Promise<string | null> =>
  ctx.transaction(async (ctx) => {
    if ((await installationFact(ctx.db, setupFact)) !== null) return null
    await voidOneTimeTokens(ctx, setupKind, null)
    const secret = await issueOneTimeToken(ctx, {
      kind: setupKind,
      userId: null,
      ttlSeconds: setupDays * 24 * 3600,
    })
    return `${setupPrefix}${secret}`
  })
