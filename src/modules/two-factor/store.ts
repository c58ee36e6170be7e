import type { Db } from '@latchkey/kit'
import { prepared } from '#platform/db/prepared.ts'
import type { TwoFactorTables } from './tables.ts'
import { lastStepMax } from './totp.ts'

export type AuthenticatorRow = TwoFactorTables['authenticators']
const tables = (db: Db) => db.withTables<TwoFactorTables>()

export const insertAuthenticator = async (db: Db, row: AuthenticatorRow): Promise<void> => {
  await tables(db).insertInto('authenticators').values(row).execute()
}

export const listAuthenticators = (db: Db, userId: string) =>
  tables(db)
    .selectFrom('authenticators')
    .selectAll()
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .orderBy('position')
    .orderBy('id')
    .execute()

const anyConfirmed = prepared(1, (db, [userId]: readonly [string]) =>
  tables(db)
    .selectFrom('authenticators')
    .select('id')
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .limit(1),
)

export const hasAuthenticator = async (db: Db, userId: string): Promise<boolean> =>
  (await anyConfirmed(db, userId)).length > 0

type Own = { readonly userId: string; readonly id: string }

export const findSetup = (db: Db, { userId, id }: Own, now: number) =>
  tables(db)
    .selectFrom('authenticators')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is', null)
    .where('setup_expires_at', '>', now)
    .executeTakeFirst()

/** A second start voids the secret of the first. */
export const deleteSetups = async (db: Db, userId: string): Promise<void> => {
  await tables(db)
    .deleteFrom('authenticators')
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is', null)
    .execute()
}

/** False when another request finished this set-up at the same moment. */
export const confirmSetup = async (
  db: Db,
  change: Pick<AuthenticatorRow, 'id' | 'name' | 'position' | 'last_step' | 'drift_seen'> & {
    readonly at: number
  },
): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('authenticators')
    .set({
      name: change.name,
      position: change.position,
      last_step: change.last_step,
      drift_seen: change.drift_seen,
      confirmed_at: change.at,
      last_used_at: change.at,
    })
    .where('id', '=', change.id)
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Accepts a time step once: of any number of simultaneous callers exactly one gets true. */
export const acceptStep = async (
  db: Db,
  id: string,
  {
    step,
    at,
    ...drift
  }: { readonly step: number; readonly at: number } & Pick<
    AuthenticatorRow,
    'drift' | 'drift_seen'
  >,
): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('authenticators')
    .set({ last_step: step, last_used_at: at, ...drift })
    .where('id', '=', id)
    .where(({ eb, or }) => or([eb('last_step', '<', step), eb('last_step', '>', lastStepMax(at))]))
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Run after a restore: refuses codes up to this time step, regardless of the backup. Returns the number of apps. */
export const raiseSteps = async (db: Db, step: number): Promise<number> => {
  const result = await tables(db)
    .updateTable('authenticators')
    .set({ last_step: step })
    .where('last_step', '<', step)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** Run after a restore: a set-up that was shown but not finished can no longer be finished. Returns how many. */
export const deleteAllSetups = async (db: Db): Promise<number> => {
  const result = await tables(db)
    .deleteFrom('authenticators')
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

export const renameAuthenticator = (db: Db, { userId, id }: Own, name: string) =>
  tables(db)
    .updateTable('authenticators')
    .set({ name })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .returningAll()
    .executeTakeFirst()

export const setPosition = async (db: Db, { userId, id }: Own, position: number): Promise<void> => {
  await tables(db)
    .updateTable('authenticators')
    .set({ position })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .execute()
}

export const deleteAuthenticator = (db: Db, userId: string, id: string) =>
  tables(db)
    .deleteFrom('authenticators')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .returning(['name'])
    .executeTakeFirst()

export const deleteAuthenticators = async (db: Db, userId: string): Promise<number> => {
  const result = await tables(db)
    .deleteFrom('authenticators')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}
