import { type Context, type Person, Refusal, type System } from '@latchkey/kit'
import { refusals } from './contract.ts'
import { findPersonById } from './store.ts'
import type { PersonTables } from './tables.ts'

/** Admins manage everybody but owners: otherwise the first thing a stolen admin does is to remove them. */
export const requireNotAbove = (actor: Pick<Person, 'role'>, role: string): void => {
  if (role === 'owner' && actor.role !== 'owner') throw new Refusal(refusals.above_you)
}

/**
 * Somebody of the same organisation whom the actor may manage; for everybody else there is no such person. The operator
 * on the machine itself may manage all of them: who can read the database and its keys stands above every role in it.
 */
export const requireManageable = async (
  { db, actor }: Pick<Context<Person | System>, 'db' | 'actor'>,
  userId: string,
): Promise<PersonTables['people']> => {
  const person = await findPersonById(db, userId)
  if (!person) throw new Refusal(refusals.not_found)
  if (actor.kind === 'system') return person
  if (person.organisation_id !== actor.organisation.id) throw new Refusal(refusals.not_found)
  requireNotAbove(actor, person.role)
  return person
}
