import type { Migrations } from '@latchkey/kit'

export type PictureTables = {
  /** Pictures are in the database, so that every process and every backup has them. 512 × 512 WebP, about 20 kB. */
  pictures: { user_id: string; bytes: Uint8Array; version: string; changed_at: number }
}

export const migrations: Migrations = {
  '202611230040_pictures': async (db, columns) => {
    await db.schema
      .createTable('pictures')
      .addColumn('user_id', 'text', (column) => column.primaryKey().references('people.id'))
      .addColumn('bytes', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('version', 'text', (column) => column.notNull())
      .addColumn('changed_at', columns.moment, (column) => column.notNull())
      .execute()
  },
}
