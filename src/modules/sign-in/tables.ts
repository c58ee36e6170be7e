import type { Migrations } from '@latchkey/kit'

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
}
