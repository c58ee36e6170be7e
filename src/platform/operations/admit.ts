import type { Actor, AuthMethod, Context } from '@latchkey/kit'
import { createContext } from '../context.ts'
import { availableMethods } from '../identity/methods.ts'
import { requireAccess, requireAssurance } from '../identity/require-access.ts'
import type { Call } from './call.ts'
import { limitKey, limitOperation } from './limits.ts'

const methodsOf = async (ctx: Context<Actor>): Promise<readonly AuthMethod[]> =>
  'userId' in ctx.actor ? availableMethods(ctx, ctx.actor.userId) : []

/**
 * First half of a call: limit of the key → permission → recent confirmation → limit of the operation → the rule's context.
 * Every transport passes here with a caller it has identified; none of them can skip a check.
 */
export const admit = async (call: Call): Promise<Context<Actor>> => {
  const { runtime, actor, entry } = call
  const { access } = entry.operation
  limitKey(call)
  requireAccess(access, actor)
  const ctx = createContext(runtime.services, actor)
  if ('assurance' in access && access.assurance !== undefined)
    await requireAssurance(access, { actor, now: runtime.services.now() }, () => methodsOf(ctx))
  limitOperation(call)
  return ctx
}
