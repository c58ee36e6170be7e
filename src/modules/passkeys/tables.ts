import type { Migrations } from '@latchkey/kit'

export type PasskeyTables = {
  passkeys: {
    id: string
    user_id: string
    credential_id: string
    public_key: Uint8Array
    counter: number
    transports: string
    rp_id: string
    aaguid: string
    name: string
    /** BE: may be synced; BS: is synced now (WebAuthn §6.1.3). */
    backup_eligible: number
    backed_up: number
    created_at: number
    last_used_at: number | null
    /** First time it verified the user: from then on it counts as two factors. */
    verified_at: number | null
    /** When the user was last told that it may have been copied; null: never. */
    suspected_at: number | null
  }
  passkey_handles: { user_id: string; handle: string }
  /** Users who declined the suggestion; only they have a row. */
  passkey_offers: { user_id: string; dismissed_at: number }
  passkey_ceremonies: {
    id: string
    purpose: string
    challenge: string
    /** The person, if known beforehand. */
    user_id: string | null
    /** Keyed hash of the value that binds it to one browser. */
    holder: Uint8Array
    expires_at: number
  }
}

export const migrations: Migrations = {
  '202611231230_passkeys': async (db, columns) => {
    let table = db.schema
      .createTable('passkeys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('credential_id', 'text', (column) => column.notNull().unique())
      .addColumn('public_key', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('counter', columns.moment, (column) => column.notNull())
    for (const name of ['transports', 'rp_id', 'aaguid', 'name'])
      table = table.addColumn(name, 'text', (column) => column.notNull())
    await table
      .addColumn('backup_eligible', 'integer', (column) => column.notNull())
      .addColumn('backed_up', 'integer', (column) => column.notNull())
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('last_used_at', columns.moment)
      .addColumn('verified_at', columns.moment)
      .execute()
    await db.schema
      .createIndex('passkeys_by_person')
      .on('passkeys')
      .columns(['user_id', 'created_at'])
      .execute()
    await db.schema
      .createTable('passkey_handles')
      .addColumn('user_id', 'text', (column) => column.primaryKey().references('people.id'))
      .addColumn('handle', 'text', (column) => column.notNull().unique())
      .execute()
    await db.schema
      .createTable('passkey_ceremonies')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('challenge', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('holder', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('expires_at', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('passkey_ceremonies_expiry')
      .on('passkey_ceremonies')
      .column('expires_at')
      .execute()
  },
  '202611231405_passkey_suspected_at': async (db, columns) => {
    await db.schema.alterTable('passkeys').addColumn('suspected_at', columns.moment).execute()
  },
  '202611261815_passkey_offers': async (db, columns) => {
    await db.schema
      .createTable('passkey_offers')
      .addColumn('user_id', 'text', (column) => column.primaryKey().references('people.id'))
      .addColumn('dismissed_at', columns.moment, (column) => column.notNull())
      .execute()
  },
}
