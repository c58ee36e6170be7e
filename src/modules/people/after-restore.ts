import type { Context, LostActs, System } from '@latchkey/kit'
import { findPersonById, updatePerson } from '#modules/person/api.ts'
import { personDisabled, personEnabled } from './events.ts'
import { lockActiveOwners } from './store.ts'

/** Disabling and enabling alternate, so a person who was disabled once more than enabled was disabled in the end. */
const disabledSince = (lost: LostActs): readonly string[] => {
  const balance = new Map<string, number>()
  const add = (id: string, by: number) => balance.set(id, (balance.get(id) ?? 0) + by)
  for (const id of lost.targets(personDisabled.code)) add(id, 1)
  for (const id of lost.targets(personEnabled.code)) add(id, -1)
  return [...balance].filter(([, times]) => times > 0).map(([id]) => id)
}

/** False when there is nothing to do, or when no owner would be left: roles are those of the backup. */
const disableAgain = async (ctx: Context<System>, userId: string): Promise<boolean> => {
  const person = await findPersonById(ctx.db, userId)
  if (!person || person.disabled_at !== null) return false
  const owners = await lockActiveOwners(ctx.db, person.organisation_id)
  if (owners.length === 1 && owners[0] === userId) return false
  await updatePerson(ctx.db, userId, { disabled_at: ctx.now(), updated_at: ctx.now() })
  return true
}

/**
 * Disables again each person who was disabled after the backup, if the replaced database still knows of it: the restore
 * brings their password, passkeys and tokens back.
 */
export const afterRestore = async (ctx: Context<System>, lost: LostActs) => {
  let disabledAccounts = 0
  for (const id of disabledSince(lost)) if (await disableAgain(ctx, id)) disabledAccounts += 1
  return { disabledAccounts }
}
