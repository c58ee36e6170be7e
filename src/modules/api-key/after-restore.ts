import type { Context, LostActs, System } from '@latchkey/kit'
import { apiKeyRegenerated, apiKeyRevoked } from './events.ts'
import { deleteById } from './store.ts'

/**
 * A restore brings keys back as they were, because programs that use them must not stop. A key that was deleted or replaced
 * after the backup is removed again, if the replaced database still knows of it.
 */
export const afterRestore = async (ctx: Context<System>, lost: LostActs) => {
  let apiKeys = 0
  for (const { code } of [apiKeyRevoked, apiKeyRegenerated])
    for (const id of lost.targets(code)) if (await deleteById(ctx.db, id)) apiKeys += 1
  return { apiKeys }
}
