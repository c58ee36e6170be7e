import type { Migrations } from '@latchkey/kit'

export type BadgeTables = {
  badges: {
    id: string
    user_id: string
    number: string
    created_at: number
  }
  badge_pins: {
    user_id: string
    /** Argon2id, PHC string. */
    pin_hash: string
    pepper_version: number
    created_at: number
  }
}

export const migrations: Migrations = {
  '202612010900_badges': async (db, columns) => {
    await db.schema
      .createTable('badges')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('number', 'text', (column) => column.notNull().unique())
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('badges_by_person')
      .on('badges')
      .columns(['user_id', 'created_at', 'id'])
      .execute()
    await db.schema
      .createTable('badge_pins')
      .addColumn('user_id', 'text', (column) => column.primaryKey().references('people.id'))
      .addColumn('pin_hash', 'text', (column) => column.notNull())
      .addColumn('pepper_version', 'integer', (column) => column.notNull())
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .execute()
  },
}
