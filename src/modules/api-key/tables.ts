import type { Migrations } from '@latchkey/kit'

export type ApiKeyTables = {
  api_keys: {
    id: string
    user_id: string
    /** At most one of each per person, enforced by the database: the current key, and the one it replaced. */
    standing: 'current' | 'replaced'
    /** SHA-256 of the key. */
    key_hash: Uint8Array
    /** The key itself, sealed and bound to this row; null once it is replaced. */
    sealed: Uint8Array | null
    last_four: string
    created_at: number
    /** When a replaced key stops working; null for the current one. */
    ends_at: number | null
    last_used_at: number | null
    last_used_address: string | null
    last_used_agent: string | null
  }
}

export const migrations: Migrations = {
  '202611230400_api_keys': async (db, columns) => {
    await db.schema
      .createTable('api_keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('standing', 'text', (column) => column.notNull())
      .addColumn('key_hash', columns.secret as 'bytea', (column) => column.notNull().unique())
      .addColumn('sealed', columns.secret as 'bytea')
      .addColumn('last_four', 'text', (column) => column.notNull())
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('ends_at', columns.moment)
      .addColumn('last_used_at', columns.moment)
      .addColumn('last_used_address', 'text')
      .addColumn('last_used_agent', 'text')
      .execute()
    await db.schema
      .createIndex('api_keys_one_of_each')
      .unique()
      .on('api_keys')
      .columns(['user_id', 'standing'])
      .execute()
    await db.schema.createIndex('api_keys_by_end').on('api_keys').column('ends_at').execute()
  },
}
