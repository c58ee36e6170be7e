import type { Context, LostActs, System } from '@latchkey/kit'
import { apiKeyRegenerated, apiKeyRevoked } from './events.ts'
import { deleteById } from './store.ts'

/**
 * Keys come back as they were: programs that have one would stop for no reason of theirs. But one that was deleted or
 * replaced after the backup is gone again, where the replaced database still knows of it.
 */
export const afterRestore = async (ctx: Context<System>, lost: LostActs) => {
  let apiKeys = 0
  for (const { code } of [apiKeyRevoked, apiKeyRegenerated])
    for (const id of lost.targets(code)) if (await deleteById(ctx.db, id)) apiKeys += 1
  return { apiKeys }
}
