import { type Context, type Db, fieldRefusal } from '@latchkey/kit'
import { canonicalEmail } from '#platform/identity/canonical-email.ts'
import { type Role, refusals } from './contract.ts'
import { personJoined } from './events.ts'
import { deleteInvitationTo } from './invitation-store.ts'
import { findOnlyOrganisation, insertPerson } from './store.ts'

export { organisationCreated } from './events.ts'
export { holderColumns, holderOf } from './holder.ts'
export { requireManageable } from './managing.ts'
export { happening, securityNotice } from './notice.ts'
export {
  claimUsername,
  countUsernames,
  findOnlyOrganisation,
  findOrganisation,
  findPersonByEmail,
  findPersonById,
  insertOrganisation,
  lockPerson,
  raiseEpoch,
  updatePerson,
} from './store.ts'
/** Columns another module's query may join: who a session belongs to and what they may do. */
export type { PeopleTables } from './tables.ts'
export { requireWayInRemains } from './way-in.ts'

/** The name people know the installation by; null until it is set up. */
export const organisationName = async (db: Db): Promise<string | null> =>
  (await findOnlyOrganisation(db))?.name ?? null

/** The one spelling of an address, or a refusal that says what is wrong with it. */
export const requireEmail = (typed: string): string => {
  const email = canonicalEmail(typed)
  if (!email) throw fieldRefusal(refusals.address_invalid, '/email')
  return email
}

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
  await deleteInvitationTo(ctx.db, person)
  await ctx.announce(
    personJoined,
    { role: person.role, how: person.how },
    { userId: id, target: id },
  )
  return id
}

/** Where a picture is found, with its version so that a new one is seen at once. */
export const pictureUrl = (userId: string, version: string | null): string | null =>
  version ? `/api/v1/people/${userId}/picture?v=${version}` : null
