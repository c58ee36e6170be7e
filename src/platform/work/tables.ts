import type { Migrations, WorkState } from '@latchkey/kit'
import { sql } from 'kysely'

export type WorkTables = {
  work: {
    id: string
    kind: string
    state: WorkState
    /** Smaller first. */
    priority: number
    /** Order among those of one priority; see `insertWork`. */
    turn_at: number
    /** Fairness key: pieces with the same key get one turn after the other. Null: first come, first served. */
    fairness_key: string | null
    /** The person the piece belongs to, if any. */
    user_id: string | null
    /** Why the piece exists, e.g. the event that a letter reports. */
    about: string | null
    /** One of the two is set, depending on whether the kind is sealed. */
    input: string | null
    sealed_input: Uint8Array | null
    attempts: number
    not_before: number
    claim_token: string | null
    lease_until: number | null
    progress_done: number | null
    progress_total: number | null
    progress_note: string | null
    result: string | null
    sealed_result: Uint8Array | null
    cancel_requested_at: number | null
    created_at: number
    finished_at: number | null
    last_error: string | null
  }
}

export const migrations: Migrations = {
  '202612010230_work': async (db, columns) => {
    const secret = columns.secret as 'bytea'
    await db.schema
      .createTable('work')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('priority', 'integer', (column) => column.notNull())
      .addColumn('turn_at', columns.moment, (column) => column.notNull())
      .addColumn('fairness_key', 'text')
      .addColumn('user_id', 'text')
      .addColumn('about', 'text')
      .addColumn('input', columns.json)
      .addColumn('sealed_input', secret)
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('not_before', columns.moment, (column) => column.notNull())
      .addColumn('claim_token', 'text')
      .addColumn('lease_until', columns.moment)
      .addColumn('progress_done', columns.moment)
      .addColumn('progress_total', columns.moment)
      .addColumn('progress_note', 'text')
      .addColumn('result', columns.json)
      .addColumn('sealed_result', secret)
      .addColumn('cancel_requested_at', columns.moment)
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('finished_at', columns.moment)
      .addColumn('last_error', 'text')
      .execute()
    await db.schema
      .createIndex('work_turn')
      .on('work')
      .columns(['kind', 'state', 'priority', 'turn_at', 'not_before'])
      .execute()
    await db.schema
      .createIndex('work_fairness')
      .on('work')
      .columns(['kind', 'fairness_key', 'state', 'turn_at'])
      .execute()
    // Letters keep their ids and bytes: the encryption binds both to the table they were written for.
    await sql`
      insert into work (id, kind, state, priority, turn_at, fairness_key, user_id, about, sealed_input, attempts,
        not_before, claim_token, lease_until, created_at, finished_at, last_error)
      select id, 'mail.letter',
        case status when 'pending' then 'waiting' when 'retry' then 'waiting' when 'claimed' then 'running'
          when 'sent' then 'done' when 'dead' then 'failed' else 'held' end,
        priority, created_at, coalesce(user_id, '') || ' ' || event, user_id, event, payload, attempts,
        available_at, claim_token, claimed_until, created_at, finished_at, last_error
      from outbox`.execute(db)
    await db.schema.dropTable('outbox').execute()
  },
  '202612010602_work_end': async (db) => {
    await db.schema
      .createIndex('work_by_end')
      .on('work')
      .column('finished_at')
      .where('finished_at', 'is not', null)
      .execute()
  },
}
