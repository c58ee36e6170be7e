import type { Migrations } from '@latchkey/kit'

export type SessionTables = {
  sessions: {
    id: string
    user_id: string
    /** SHA-256 of the cookie's value. */
    token_hash: Uint8Array
    credential_epoch: number
    method: string
    /** Methods proven in this session, as a JSON list. */
    proven: string
    keep_signed_in_at: number | null
    created_at: number
    authenticated_at: number
    /** Last time a second factor was proven, or 0. */
    strong_at: number
    active_at: number
    modified_at: number
    /** Span of the idle limit this session was started with. */
    idle_ms: number
    expires_at: number
    ended_at: number | null
    end_reason: string | null
    device_id: string | null
    address: string
    country: string | null
    city: string | null
    location_kind: string
    user_agent: string
    browser: string | null
    browser_version: string | null
    os: string | null
    os_version: string | null
    device_model: string | null
    device_type: string
    engine: string | null
    architecture: string | null
    /** Given by its person; null: shown by what its device tells of itself. */
    name: string | null
  }
  /** Browsers a person has signed in with; a record of its own, so it survives the sessions it saw. */
  known_devices: {
    id: string
    user_id: string
    /** Keyed hash of the device cookie. */
    device_hash: Uint8Array
    first_seen_at: number
    last_seen_at: number
    /** When a second factor was last proven there; null: never. The password alone makes no browser trusted with codes. */
    strong_at: number | null
  }
}

export type PendingTables = {
  /** A sign-in that waits for its second step. Its own table and its own cookie: nothing can read it as a session. */
  pending_sign_ins: {
    id: string
    token_hash: Uint8Array
    user_id: string
    /** What has been proven so far, as JSON. */
    proofs: string
    keep_signed_in: number
    tries: number
    created_at: number
    expires_at: number
    ended_at: number | null
  }
}

export const migrations: Migrations = {
  '202611230020_sessions': async (db, columns) => {
    const text = (name: string) => [name, 'text'] as const
    let table = db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('token_hash', columns.secret as 'bytea', (column) => column.notNull().unique())
      .addColumn('credential_epoch', 'integer', (column) => column.notNull())
      .addColumn('method', 'text', (column) => column.notNull())
      .addColumn('proven', columns.json, (column) => column.notNull())
      .addColumn('keep_signed_in_at', columns.moment)
    for (const moment of [
      'created_at',
      'authenticated_at',
      'strong_at',
      'active_at',
      'modified_at',
      'idle_ms',
      'expires_at',
    ])
      table = table.addColumn(moment, columns.moment, (column) => column.notNull())
    table = table.addColumn('ended_at', columns.moment)
    for (const name of [
      'end_reason',
      'device_id',
      'country',
      'city',
      'browser',
      'browser_version',
      'os',
    ])
      table = table.addColumn(...text(name))
    for (const name of ['os_version', 'device_model', 'engine', 'architecture'])
      table = table.addColumn(...text(name))
    for (const name of ['address', 'location_kind', 'user_agent', 'device_type'])
      table = table.addColumn(name, 'text', (column) => column.notNull())
    await table.execute()
    await db.schema
      .createIndex('sessions_by_person')
      .on('sessions')
      .columns(['user_id', 'ended_at', 'active_at', 'id'])
      .execute()
    await db.schema.createIndex('sessions_by_expiry').on('sessions').column('expires_at').execute()
    await db.schema
      .createTable('known_devices')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('device_hash', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('first_seen_at', columns.moment, (column) => column.notNull())
      .addColumn('last_seen_at', columns.moment, (column) => column.notNull())
      .addUniqueConstraint('known_devices_once', ['user_id', 'device_hash'])
      .execute()
  },
  '202611231210_pending_sign_ins': async (db, columns) => {
    await db.schema
      .createTable('pending_sign_ins')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('token_hash', columns.secret as 'bytea', (column) => column.notNull().unique())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('proofs', columns.json, (column) => column.notNull())
      .addColumn('keep_signed_in', 'integer', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull())
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('expires_at', columns.moment, (column) => column.notNull())
      .addColumn('ended_at', columns.moment)
      .execute()
    await db.schema
      .createIndex('pending_sign_ins_by_person')
      .on('pending_sign_ins')
      .columns(['user_id', 'ended_at'])
      .execute()
    await db.schema
      .createIndex('pending_sign_ins_expiry')
      .on('pending_sign_ins')
      .column('expires_at')
      .execute()
  },
  '202611231404_device_strong_at': async (db, columns) => {
    await db.schema.alterTable('known_devices').addColumn('strong_at', columns.moment).execute()
    const tables = db.withTables<SessionTables>()
    await tables
      .updateTable('known_devices')
      .set((set) => ({
        strong_at: set
          .selectFrom('sessions')
          .select((select) => select.fn.max('sessions.strong_at').as('at'))
          .whereRef('sessions.device_id', '=', 'known_devices.id')
          .where('sessions.strong_at', '>', 0),
      }))
      .execute()
  },
  '202612010400_session_name': async (db) => {
    await db.schema.alterTable('sessions').addColumn('name', 'text').execute()
  },
  '202612010601_known_devices_age': async (db) => {
    await db.schema
      .createIndex('known_devices_by_age')
      .on('known_devices')
      .column('last_seen_at')
      .execute()
  },
  '202612010603_sessions_by_end': async (db) => {
    await db.schema
      .createIndex('sessions_by_end')
      .on('sessions')
      .column('ended_at')
      .where('ended_at', 'is not', null)
      .execute()
  },
}
