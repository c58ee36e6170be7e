import type { Migrations } from '@latchkey/kit'

export type DataKeyTables = {
  data_keys: { id: string; wrapped: Uint8Array; kek_version: number; created_at: number }
  /** Facts about this installation: which key file belongs to it, whether it is set up. */
  installation: { name: string; value: string; at: number }
}

export const migrations: Migrations = {
  '202611230000_installation': async (db, columns) => {
    await db.schema
      .createTable('installation')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('at', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('data_keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('wrapped', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('kek_version', 'integer', (column) => column.notNull())
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .execute()
  },
}
