import type { Migrations } from '@latchkey/kit'

export type NoticeTables = {
  /** When the trail last recorded a key, or its owner was last mailed. */
  key_notices: {
    /** `written:<id of the key>` or `mailed:<id of the owner>`. */
    subject: string
    at: number
  }
}

export const migrations: Migrations = {
  '202611230410_key_notices': async (db, columns) => {
    await db.schema
      .createTable('key_notices')
      .addColumn('subject', 'text', (column) => column.primaryKey())
      .addColumn('at', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema.createIndex('key_notices_by_time').on('key_notices').column('at').execute()
  },
}
