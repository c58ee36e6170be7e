import { type Context, Refusal } from '@latchkey/kit'
import { refusals } from './contract.ts'
import { findPersonById } from './store.ts'
import type { PeopleTables } from './tables.ts'

/** Admins manage everybody but owners: otherwise the first thing a stolen admin does is to remove them. */
export const requireNotAbove = (ctx: Context, role: string): void => {
  if (role === 'owner' && ctx.actor.role !== 'owner') throw new Refusal(refusals.above_you)
}

/** Somebody of the same organisation whom the actor may manage; for everybody else there is no such person. */
export const requireManageable = async (
  ctx: Context,
  userId: string,
): Promise<PeopleTables['people']> => {
  const person = await findPersonById(ctx.db, userId)
  if (person?.organisation_id !== ctx.actor.organisation.id) throw new Refusal(refusals.not_found)
  requireNotAbove(ctx, person.role)
  return person
}
