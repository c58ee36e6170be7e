import type { Migrations } from '@latchkey/kit'

export type TrailTables = {
  audit_entries: {
    seq: number
    id: string
    at: number
    event: string
    code: string
    /** The wording of that time: wording may change later, a record does not. */
    message: string
    user_id: string | null
    organisation_id: string | null
    actor_kind: string
    actor_id: string | null
    target: string | null
    result: string
    request_id: string
    session_hash: string | null
    data: string
    /** Keyed digest of the row in audit_contexts, so that the row can be deleted later without breaking the chain. */
    context_digest: Uint8Array
    key_version: number
    prev_hash: Uint8Array
    hash: Uint8Array
  }
  /** Personal data of an entry, in a table of its own: deleted when its retention time is over. */
  audit_contexts: {
    seq: number
    address: string
    location: string | null
    device_type: string
    browser: string | null
    os_name: string | null
  }
}

export const migrations: Migrations = {
  '202611230002_audit': async (db, columns) => {
    await db.schema
      .createTable('audit_entries')
      .addColumn('seq', columns.moment, (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('at', columns.moment, (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('code', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('organisation_id', 'text')
      .addColumn('actor_kind', 'text', (column) => column.notNull())
      .addColumn('actor_id', 'text')
      .addColumn('target', 'text')
      .addColumn('result', 'text', (column) => column.notNull())
      .addColumn('request_id', 'text', (column) => column.notNull())
      .addColumn('session_hash', 'text')
      .addColumn('data', columns.json, (column) => column.notNull())
      .addColumn('context_digest', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('key_version', 'integer', (column) => column.notNull())
      .addColumn('prev_hash', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('hash', columns.secret as 'bytea', (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('audit_entries_user')
      .on('audit_entries')
      .columns(['user_id', 'seq'])
      .execute()
    await db.schema
      .createTable('audit_contexts')
      .addColumn('seq', columns.moment, (column) => column.primaryKey())
      .addColumn('address', 'text', (column) => column.notNull())
      .addColumn('location', 'text')
      .addColumn('device_type', 'text', (column) => column.notNull())
      .addColumn('browser', 'text')
      .addColumn('os_name', 'text')
      .execute()
  },
  '202611230003_outbox': async (db, columns) => {
    await db.schema
      .createTable('outbox')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('channel', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('priority', 'integer', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('payload', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('available_at', columns.moment, (column) => column.notNull())
      .addColumn('claim_token', 'text')
      .addColumn('claimed_until', columns.moment)
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('finished_at', columns.moment)
      .addColumn('last_error', 'text')
      .execute()
    await db.schema
      .createIndex('outbox_due')
      .on('outbox')
      .columns(['status', 'available_at'])
      .execute()
  },
}
