import type { Migrations } from '@latchkey/kit'

export type PasswordTables = {
  passwords: {
    user_id: string
    /** Argon2id in PHC form; the pepper's version travels beside it. */
    phc: string
    pepper_version: number
    changed_at: number
  }
}

export const migrations: Migrations = {
  '202611230030_passwords': async (db, columns) => {
    await db.schema
      .createTable('passwords')
      .addColumn('user_id', 'text', (column) => column.primaryKey().references('people.id'))
      .addColumn('phc', 'text', (column) => column.notNull())
      .addColumn('pepper_version', 'integer', (column) => column.notNull())
      .addColumn('changed_at', columns.moment, (column) => column.notNull())
      .execute()
  },
}
