import { type Context, type Person, Refusal, type System } from '@latchkey/kit'
import { refusals } from './contract.ts'
import { findPersonById } from './store.ts'
import type { PersonTables } from './tables.ts'

/** Admins do not manage owners: an attacker with a stolen admin account would otherwise remove the owners first. */
export const requireNotAbove = (actor: Pick<Person, 'role'>, role: string): void => {
  if (role === 'owner' && actor.role !== 'owner') throw new Refusal(refusals.above_you)
}

/**
 * The person of this id, if the actor may manage them; other people are reported as not found. The operator on the machine
 * may manage everyone: access to the database and its keys outranks every role in it.
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
