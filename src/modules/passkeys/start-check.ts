import type { Context, System } from '@latchkey/kit'
import { relyingParty } from './ceremony.ts'
import { listProblem } from './providers.ts'
import { listRpIds } from './store.ts'

/** A passkey is bound to its host for good. Under another host users could not use theirs, and no message would say why. */
export const startCheck = async (ctx: Context<System>): Promise<string | null> => {
  const { rpId } = relyingParty(ctx)
  const other = (await listRpIds(ctx.db)).find((stored) => stored !== rpId)
  return other === undefined
    ? listProblem(ctx)
    : `Passkeys in this database were made for ${other}, but LATCHKEY_PUBLIC_URL says ${rpId}. Set it back to ${other}: passkeys cannot move to another host. When ${other} is gone for good, latchkey passkeys retire --host ${other} --check says how many there are, and without --check removes them.`
}
