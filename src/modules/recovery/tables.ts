import type { Migrations } from '@latchkey/kit'
import { sql } from 'kysely'

export type RecoveryTables = {
  recoveries: {
    id: string
    user_id: string
    started_by: string
    started_at: number
    ready_at: number
    /** When the link that works was mailed. */
    mailed_at: number | null
    ended_at: number | null
    end_reason: string | null
  }
}

export const migrations: Migrations = {
  '202611231240_recoveries': async (db, columns) => {
    await db.schema
      .createTable('recoveries')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull().references('people.id'))
      .addColumn('started_by', 'text', (column) => column.notNull())
      .addColumn('started_at', columns.moment, (column) => column.notNull())
      .addColumn('ready_at', columns.moment, (column) => column.notNull())
      .addColumn('mailed_at', columns.moment)
      .addColumn('ended_at', columns.moment)
      .addColumn('end_reason', 'text')
      .execute()
    // At most one open at a time, also when two operators start one at once.
    await db.schema
      .createIndex('recoveries_one_open')
      .unique()
      .on('recoveries')
      .column('user_id')
      .where(sql<boolean>`ended_at is null`)
      .execute()
    await db.schema
      .createIndex('recoveries_due')
      .on('recoveries')
      .columns(['ended_at', 'mailed_at', 'ready_at'])
      .execute()
  },
}
