import type { Migrations } from '@latchkey/kit'

export type SshKeyTables = {
  ssh_keys: {
    id: string
    user_id: string
    title: string
    type: string
    bits: number
    /** The key as it was read, written anew: type and base64, without options or comment. */
    line: string
    /** `SHA256:…`; unique, because a key belongs to one person. */
    fingerprint: string
    created_at: number
    last_used_at: number | null
    expires_at: number | null
  }
}

export const migrations: Migrations = {
  '202611231340_ssh_keys': async (db, columns) => {
    let table = db.schema
      .createTable('ssh_keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('fingerprint', 'text', (column) => column.notNull().unique())
      .addColumn('bits', 'integer', (column) => column.notNull())
    for (const name of ['title', 'type', 'line'])
      table = table.addColumn(name, 'text', (column) => column.notNull())
    await table
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('last_used_at', columns.moment)
      .addColumn('expires_at', columns.moment)
      .execute()
    await db.schema
      .createIndex('ssh_keys_by_person')
      .on('ssh_keys')
      .columns(['user_id', 'created_at', 'id'])
      .execute()
  },
}
