import type { Context, LostActs, System } from '@latchkey/kit'
import { sshKeyRemoved, sshKeyShortened } from './events.ts'
import { deleteSshKeys, expireSshKeys } from './store.ts'

/**
 * A restore brings keys back as they were, but a key deleted after the backup must not open a server again. A key that was
 * given an earlier end ends now: that end is no longer known, and its owner can choose another day.
 */
export const afterRestore = async (ctx: Context<System>, lost: LostActs) => ({
  sshKeys:
    (await deleteSshKeys(ctx.db, lost.targets(sshKeyRemoved.code))) +
    (await expireSshKeys(ctx.db, lost.targets(sshKeyShortened.code), ctx.now())),
})
