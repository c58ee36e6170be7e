import type { Actor, Context } from '@latchkey/kit'
import { sshKeyRemoved } from './events.ts'
import { deleteOwnSshKeys } from './store.ts'

/** Deletes the keys of a person whose account was recovered: servers stop letting them in. Within a transaction. */
export const endSshKeys = async (
  ctx: Pick<Context<Actor>, 'db' | 'announce'>,
  userId: string,
): Promise<void> => {
  for (const { id, title, type, fingerprint } of await deleteOwnSshKeys(ctx.db, userId))
    await ctx.announce(sshKeyRemoved, { name: title, type, fingerprint }, { userId, target: id })
}
