import type { Migrations } from '@latchkey/kit'

export type PersonTables = {
  organisations: {
    id: string
    name: string
    website: string | null
    created_at: number
    updated_at: number
  }
  people: {
    id: string
    organisation_id: string
    /** Canonical; what was typed is not kept. */
    email: string
    name: string
    job_title: string | null
    website: string | null
    phone: string | null
    /** The handle servers know them by, or null until they choose one. */
    username: string | null
    /** Digest of the picture, or null: initials are shown. */
    picture_version: string | null
    role: string
    /** Raised to end all earlier credentials; compared on each request. */
    credential_epoch: number
    email_verified_at: number
    disabled_at: number | null
    created_at: number
    updated_at: number
  }
  /**
   * Every username ever chosen and its permanent owner: servers admit users by this name, so one that was given up, or
   * whose owner is gone, must never lead to another person. Hence there is no reference to `people`.
   */
  usernames: { username: string; user_id: string; taken_at: number }
}

export const migrations: Migrations = {
  '202611230010_people': async (db, columns) => {
    await db.schema
      .createTable('organisations')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('website', 'text')
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('updated_at', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('people')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('organisation_id', 'text', (column) =>
        column.notNull().references('organisations.id'),
      )
      .addColumn('email', 'text', (column) => column.notNull().unique())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('job_title', 'text')
      .addColumn('website', 'text')
      .addColumn('phone', 'text')
      .addColumn('picture_version', 'text')
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('credential_epoch', 'integer', (column) => column.notNull())
      .addColumn('email_verified_at', columns.moment, (column) => column.notNull())
      .addColumn('disabled_at', columns.moment)
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('updated_at', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('people_by_name')
      .on('people')
      .columns(['organisation_id', 'name', 'id'])
      .execute()
  },
  '202611231330_usernames': async (db, columns) => {
    await db.schema.alterTable('people').addColumn('username', 'text').execute()
    await db.schema
      .createIndex('people_by_username')
      .on('people')
      .column('username')
      .unique()
      .execute()
    await db.schema
      .createTable('usernames')
      .addColumn('username', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('taken_at', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema.createIndex('usernames_by_person').on('usernames').column('user_id').execute()
  },
}
