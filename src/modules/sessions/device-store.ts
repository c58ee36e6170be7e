import type { Db } from '@latchkey/kit'
import { prepared, preparedRecord } from '#platform/db/prepared.ts'
import type { SessionTables } from './tables.ts'

const tables = (db: Db) => db.withTables<SessionTables>()

type Device = SessionTables['known_devices']

const insertOrSeeAgain = preparedRecord((db, device: Device) =>
  tables(db)
    .insertInto('known_devices')
    .values(device)
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'device_hash']).doUpdateSet((set) => ({
        last_seen_at: set.ref('excluded.last_seen_at'),
        strong_at: set.fn.coalesce('excluded.strong_at', 'known_devices.strong_at'),
      })),
    )
    .returning('id'),
)

/** Id of the record: the one that was there, or the new one. */
export const rememberDevice = async (db: Db, device: Device): Promise<string> =>
  (await insertOrSeeAgain(db, device))[0]?.id ?? device.id

const byHash = prepared(2, (db, [userId, deviceHash]: readonly [string, Uint8Array]) =>
  tables(db)
    .selectFrom('known_devices')
    .select(['id', 'strong_at'])
    .where('user_id', '=', userId)
    .where('device_hash', '=', deviceHash),
)

export const findDevice = async (
  db: Db,
  userId: string,
  deviceHash: Uint8Array,
): Promise<Pick<Device, 'id' | 'strong_at'> | null> =>
  (await byHash(db, userId, deviceHash))[0] ?? null

/** A second factor was proven in this browser. */
export const markDeviceStrong = async (db: Db, id: string, at: number): Promise<void> => {
  await tables(db)
    .updateTable('known_devices')
    .set({ strong_at: at })
    .where('id', '=', id)
    .execute()
}

/** Factors proven in these browsers no longer count. */
export const forgetStrongDevices = async (db: Db, userId: string): Promise<void> => {
  await tables(db)
    .updateTable('known_devices')
    .set({ strong_at: null })
    .where('user_id', '=', userId)
    .execute()
}

export const listDevices = async (db: Db, userId: string): Promise<readonly string[]> => {
  const rows = await tables(db)
    .selectFrom('known_devices')
    .select('id')
    .where('user_id', '=', userId)
    .execute()
  return rows.map((row) => row.id)
}
