import type { Migrations } from '@latchkey/kit'

export type RecoveryCodeTables = {
  recovery_codes: {
    user_id: string
    /** 1 to 10; part of the code, so that a try costs one hash. */
    number: number
    phc: string
    pepper_version: number
    used_at: number | null
  }
  recovery_code_sets: { user_id: string; created_at: number; saved_at: number | null }
}

/** Also makes the table of `two-factor`, which needs this module: one migration made the tables of both. */
export const migrations: Migrations = {
  '202611231220_two_factor': async (db, columns) => {
    await db.schema
      .createTable('authenticators')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('secret', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('last_step', columns.moment, (column) => column.notNull())
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('confirmed_at', columns.moment)
      .addColumn('last_used_at', columns.moment)
      .addColumn('setup_expires_at', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('authenticators_by_person')
      .on('authenticators')
      .columns(['user_id', 'position'])
      .execute()
    await db.schema
      .createTable('recovery_codes')
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('phc', 'text', (column) => column.notNull())
      .addColumn('pepper_version', 'integer', (column) => column.notNull())
      .addColumn('used_at', columns.moment)
      .addPrimaryKeyConstraint('recovery_codes_key', ['user_id', 'number'])
      .execute()
    await db.schema
      .createTable('recovery_code_sets')
      .addColumn('user_id', 'text', (column) => column.primaryKey().references('people.id'))
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('saved_at', columns.moment)
      .execute()
  },
}
