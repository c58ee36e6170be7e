import type { Found } from '@latchkey/kit'

/** The owner of a credential: the columns that every authenticator reads in its one query. */
export const holderColumns = [
  'people.disabled_at',
  'people.name',
  'people.email',
  'people.role',
  'people.picture_version',
  'organisations.id as organisation_id',
  'organisations.name as organisation_name',
] as const

type HolderRow = {
  readonly user_id: string
  readonly name: string
  readonly email: string
  readonly role: string
  readonly picture_version: string | null
  readonly organisation_id: string
  readonly organisation_name: string
}

type Holder = Pick<Found, 'userId' | 'name' | 'email' | 'pictureVersion' | 'role' | 'organisation'>

export const holderOf = (row: HolderRow): Holder => ({
  userId: row.user_id,
  name: row.name,
  email: row.email,
  pictureVersion: row.picture_version,
  role: row.role,
  organisation: { id: row.organisation_id, name: row.organisation_name },
})
