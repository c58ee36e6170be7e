import type { Migrations } from '@latchkey/kit'

export type InvitationTables = {
  /** Open invitations, one row per address. The trail records what became of the others. */
  invitations: {
    id: string
    organisation_id: string
    /** Canonical. */
    email: string
    /** What the page suggests for their name. */
    name: string | null
    role: string
    /** Null: the operator of the machine. */
    invited_by: string | null
    /** The link that works now; the ones before it are void. */
    token_id: string
    sent_at: number
    expires_at: number
  }
}

export const migrations: Migrations = {
  '202611261810_invitations': async (db, columns) => {
    await db.schema
      .createTable('invitations')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('organisation_id', 'text', (column) =>
        column.notNull().references('organisations.id'),
      )
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('invited_by', 'text')
      .addColumn('token_id', 'text', (column) => column.notNull())
      .addColumn('sent_at', columns.moment, (column) => column.notNull())
      .addColumn('expires_at', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('invitations_by_address')
      .on('invitations')
      .columns(['organisation_id', 'email'])
      .unique()
      .execute()
    await db.schema
      .createIndex('invitations_by_time')
      .on('invitations')
      .columns(['organisation_id', 'sent_at', 'id'])
      .execute()
  },
}
