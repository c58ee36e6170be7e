import type { Context } from '@latchkey/kit'
import type { Role } from './contract.ts'
import { personJoined } from './events.ts'
import { insertPerson } from './store.ts'

type NewPerson = {
  readonly organisationId: string
  /** Canonical and proven. */
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly how: 'setup' | 'invitation' | 'sign-up'
}

/** Creates an account whose address has been proven: nothing can be attached to one that has not (attack A68). */
export const createPerson = async (
  ctx: Pick<Context, 'db' | 'now' | 'random' | 'announce'>,
  person: NewPerson,
): Promise<string> => {
  const id = ctx.random.id('usr')
  const at = ctx.now()
  await insertPerson(ctx.db, {
    id,
    organisation_id: person.organisationId,
    email: person.email,
    name: person.name,
    job_title: null,
    website: null,
    phone: null,
    username: null,
    picture_version: null,
    role: person.role,
    credential_epoch: 1,
    email_verified_at: at,
    disabled_at: null,
    created_at: at,
    updated_at: at,
  })
  await ctx.announce(
    personJoined,
    { role: person.role, how: person.how },
    { userId: id, target: id },
  )
  return id
}
