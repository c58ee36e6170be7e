import type { Context, LostActs, System } from '@latchkey/kit'
import { sshKeyRemoved } from './events.ts'
import { deleteSshKeys } from './store.ts'

/** Keys come back as they were, but one that somebody deleted after the backup must not open a server again. */
export const afterRestore = async (ctx: Context<System>, lost: LostActs) => ({
  sshKeys: await deleteSshKeys(ctx.db, lost.targets(sshKeyRemoved.code)),
})
