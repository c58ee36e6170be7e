import type { Migrations } from '@latchkey/kit'

/** The table was made with those of `recovery-codes`, in a migration of that module. */
export type TwoFactorTables = {
  authenticators: {
    id: string
    user_id: string
    name: string
    /** 160 bits, sealed and bound to this row. */
    secret: Uint8Array
    position: number
    /** Time step of the last code that was accepted: a code works once (RFC 6238 §5.2). */
    last_step: number
    /** Steps by which the clock of the app is ahead of ours (RFC 6238 §6), once that was seen twice. */
    drift: number
    /** How far the last code lay from where it was expected. */
    drift_seen: number
    created_at: number
    /** Null during set-up: such an app protects nothing yet. */
    confirmed_at: number | null
    last_used_at: number | null
    setup_expires_at: number
  }
}

export const migrations: Migrations = {
  '202612010720_authenticator_drift': async (db) => {
    for (const name of ['drift', 'drift_seen'])
      await db.schema
        .alterTable('authenticators')
        .addColumn(name, 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
  },
}
