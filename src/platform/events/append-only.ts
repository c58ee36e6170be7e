import type { Migrations } from '@latchkey/kit'
import { sql } from 'kysely'

/**
 * The database refuses to change the trail, so that a mistake, even in this program, cannot rewrite it.
 * There are two texts because the engines write trigger bodies differently.
 */
export const migrations: Migrations = {
  '202611230004_audit_append_only': async (db, columns) => {
    if (columns.secret === 'blob') {
      for (const act of ['update', 'delete']) {
        await sql`
          create trigger ${sql.raw(`audit_entries_no_${act}`)} before ${sql.raw(act)} on audit_entries
          begin select raise(abort, 'the audit trail is append-only'); end`.execute(db)
      }
      // `insert or replace` deletes without asking the trigger above (sqlite.org/lang_conflict.html).
      await sql`
        create trigger audit_entries_no_replace before insert on audit_entries
        when exists (select 1 from audit_entries where seq = new.seq or id = new.id)
        begin select raise(abort, 'the audit trail is append-only'); end`.execute(db)
      return
    }
    await sql`
      create function audit_entries_refuse() returns trigger language plpgsql as
      'begin raise exception ''the audit trail is append-only''; end'`.execute(db)
    await sql`
      create trigger audit_entries_no_change before update or delete or truncate on audit_entries
      for each statement execute function audit_entries_refuse()`.execute(db)
  },
}
