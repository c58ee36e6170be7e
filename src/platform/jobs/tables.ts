import type { Migrations } from '@latchkey/kit'

export type JobTables = {
  /** One row for each job ever planned. Through it, processes agree which of them runs a job and when it is due. */
  jobs: {
    name: string
    due_at: number
    claim_token: string | null
    lease_until: number | null
    started_at: number | null
    finished_at: number | null
    /** Error of the last run; null when it succeeded. */
    last_error: string | null
  }
}

export const migrations: Migrations = {
  '202612010250_jobs': async (db, columns) => {
    await db.schema
      .createTable('jobs')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('due_at', columns.moment, (column) => column.notNull())
      .addColumn('claim_token', 'text')
      .addColumn('lease_until', columns.moment)
      .addColumn('started_at', columns.moment)
      .addColumn('finished_at', columns.moment)
      .addColumn('last_error', 'text')
      .execute()
  },
}
