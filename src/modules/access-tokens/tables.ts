import type { Migrations } from '@latchkey/kit'
import { sql } from 'kysely'

export type TokenTables = {
  access_tokens: {
    id: string
    user_id: string
    name: string
    /** SHA-256 of the token. */
    token_hash: Uint8Array
    last_four: string
    /** JSON list. */
    scopes: string
    created_at: number
    expires_at: number | null
    revoked_at: number | null
    revoke_reason: string | null
    replaced_by: string | null
    last_used_at: number | null
    last_used_address: string | null
    last_used_agent: string | null
    /** Days before the end of the last reminder that went out, or null. */
    reminded_days: number | null
  }
}

export const migrations: Migrations = {
  '202611230310_access_tokens': async (db, columns) => {
    await db.schema
      .createTable('access_tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('token_hash', columns.secret as 'bytea', (column) => column.notNull().unique())
      .addColumn('last_four', 'text', (column) => column.notNull())
      .addColumn('scopes', columns.json, (column) => column.notNull())
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('expires_at', columns.moment)
      .addColumn('revoked_at', columns.moment)
      .addColumn('revoke_reason', 'text')
      .addColumn('replaced_by', 'text')
      .addColumn('last_used_at', columns.moment)
      .addColumn('last_used_address', 'text')
      .addColumn('last_used_agent', 'text')
      .addColumn('reminded_days', 'integer')
      .execute()
    await db.schema
      .createIndex('access_tokens_by_person')
      .on('access_tokens')
      .columns(['user_id', 'id'])
      .execute()
    await db.schema
      .createIndex('access_tokens_by_expiry')
      .on('access_tokens')
      .column('expires_at')
      .execute()
  },
  '202612010600_access_tokens_jobs': async (db) => {
    await db.schema
      .createIndex('access_tokens_by_revocation')
      .on('access_tokens')
      .column('revoked_at')
      .where('revoked_at', 'is not', null)
      .execute()
    await db.schema
      .createIndex('access_tokens_to_remind')
      .on('access_tokens')
      .columns(['reminded_days', 'expires_at'])
      .where(sql.ref('revoked_at'), 'is', null)
      .where(sql.ref('replaced_by'), 'is', null)
      .execute()
  },
}
