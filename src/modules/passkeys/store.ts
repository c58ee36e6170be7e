import type { Db } from '@latchkey/kit'
import type { AuthenticatorTransport } from '@simplewebauthn/server'
import { dayMs } from '#platform/clock/moment.ts'
import { deleteRows } from '#platform/db/delete-rows.ts'
import { prepared } from '#platform/db/prepared.ts'
import type { PasskeyTables } from './tables.ts'

export type PasskeyRow = PasskeyTables['passkeys']
const tables = (db: Db) => db.withTables<PasskeyTables>()

export const listPasskeys = (db: Db, userId: string) =>
  tables(db)
    .selectFrom('passkeys')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()

/** Describes a passkey to a browser, with its transports: without them the browser asks for every kind of key. */
export const descriptorOf = (row: PasskeyRow) => ({
  id: row.credential_id,
  transports: JSON.parse(row.transports) as AuthenticatorTransport[],
})

export const findByCredentialId = (db: Db, credentialId: string) =>
  tables(db)
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .executeTakeFirst()

export const insertPasskey = async (db: Db, row: PasskeyRow): Promise<void> => {
  await tables(db).insertInto('passkeys').values(row).execute()
}

type Own = { readonly userId: string; readonly id: string }

export const renamePasskey = (db: Db, { userId, id }: Own, name: string) =>
  tables(db)
    .updateTable('passkeys')
    .set({ name })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst()

/** Locks all passkeys of the person, so that simultaneous removals run one after the other. */
export const lockPasskeys = (db: Db, userId: string) =>
  tables(db)
    .updateTable('passkeys')
    .set((set) => ({ counter: set.ref('counter') }))
    .where('user_id', '=', userId)
    .returning(['id', 'name', 'rp_id'])
    .execute()

export const deletePasskey = async (db: Db, userId: string, id: string): Promise<void> => {
  await tables(db)
    .deleteFrom('passkeys')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .execute()
}

/** False when it was removed meanwhile, or another use advanced its counter: of two copies used at once one gets true. */
export const noteUse = async (
  db: Db,
  row: Pick<PasskeyRow, 'id' | 'counter'>,
  use: Pick<PasskeyRow, 'counter' | 'backed_up'> & { readonly at: number },
): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('passkeys')
    .set({ counter: use.counter, backed_up: use.backed_up, last_used_at: use.at })
    .where('id', '=', row.id)
    .where('counter', '=', row.counter)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Makes it count as two factors. False when it already does, or no longer exists. */
export const markVerified = async (db: Db, { userId, id }: Own, at: number): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('passkeys')
    .set({ verified_at: at })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('verified_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Records the warning and returns true at most once a day: an attacker with a copy can show it any number of times. */
export const markSuspected = async (db: Db, id: string, at: number): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('passkeys')
    .set({ suspected_at: at })
    .where('id', '=', id)
    .where((where) =>
      where.or([where('suspected_at', 'is', null), where('suspected_at', '<=', at - dayMs)]),
    )
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

const anyVerified = prepared(1, (db, [userId]: readonly [string]) =>
  tables(db)
    .selectFrom('passkeys')
    .select('id')
    .where('user_id', '=', userId)
    .where('verified_at', 'is not', null)
    .limit(1),
)

export const hasVerifiedPasskey = async (db: Db, userId: string): Promise<boolean> =>
  (await anyVerified(db, userId)).length > 0

export const findHandle = async (db: Db, userId: string): Promise<string | null> => {
  const row = await tables(db)
    .selectFrom('passkey_handles')
    .select('handle')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.handle ?? null
}

export const findByHandle = async (db: Db, handle: string): Promise<string | null> => {
  const row = await tables(db)
    .selectFrom('passkey_handles')
    .select('user_id')
    .where('handle', '=', handle)
    .executeTakeFirst()
  return row?.user_id ?? null
}

/** The person's permanent handle; the given one is stored only when there is none. */
export const keepHandle = async (db: Db, userId: string, handle: string): Promise<string> => {
  await tables(db)
    .insertInto('passkey_handles')
    .values({ user_id: userId, handle })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .execute()
  return (await findHandle(db, userId)) ?? handle
}

export const insertCeremony = async (
  db: Db,
  row: PasskeyTables['passkey_ceremonies'],
): Promise<void> => {
  await tables(db).insertInto('passkey_ceremonies').values(row).execute()
}

/** Consumes a ceremony: of any number of simultaneous answers exactly one gets its challenge. */
export const takeCeremony = (
  db: Db,
  ceremony: { readonly id: string; readonly purpose: string; readonly holder: Uint8Array },
  now: number,
) =>
  tables(db)
    .deleteFrom('passkey_ceremonies')
    .where('id', '=', ceremony.id)
    .where('purpose', '=', ceremony.purpose)
    .where('holder', '=', ceremony.holder)
    .where('expires_at', '>', now)
    .returning(['challenge', 'user_id'])
    .executeTakeFirst()

export const deleteOldCeremonies = async (
  db: Db,
  now: number,
  signal?: AbortSignal,
): Promise<void> => {
  await deleteRows(tables(db), {
    ...{ from: 'passkey_ceremonies', key: 'id', signal },
    where: (where) => where('expires_at', '<', now),
  })
}

/** Run after a restore: a challenge answered since the backup must not be answered again. Returns how many were open. */
export const deleteCeremonies = async (db: Db): Promise<number> => {
  const result = await tables(db).deleteFrom('passkey_ceremonies').executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** RP IDs that passkeys are bound to; a passkey cannot be moved to another. */
export const listRpIds = async (db: Db): Promise<readonly string[]> => {
  const rows = await tables(db).selectFrom('passkeys').select('rp_id').distinct().execute()
  return rows.map((row) => row.rp_id)
}

/** The people who have passkeys for this host. */
export const listHolders = async (db: Db, rpId: string): Promise<readonly string[]> => {
  const rows = await tables(db)
    .selectFrom('passkeys')
    .select('user_id')
    .distinct()
    .where('rp_id', '=', rpId)
    .orderBy('user_id')
    .execute()
  return rows.map((row) => row.user_id)
}

export const deletePasskeys = async (db: Db, userId: string): Promise<void> => {
  await tables(db).deleteFrom('passkeys').where('user_id', '=', userId).execute()
}

export const dismissedAt = async (db: Db, userId: string): Promise<number | null> => {
  const row = await tables(db)
    .selectFrom('passkey_offers')
    .select('dismissed_at')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.dismissed_at ?? null
}

/** Returns the moment it was first said. */
export const keepDismissal = async (db: Db, userId: string, at: number): Promise<number> => {
  await tables(db)
    .insertInto('passkey_offers')
    .values({ user_id: userId, dismissed_at: at })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .execute()
  return (await dismissedAt(db, userId)) ?? at
}
