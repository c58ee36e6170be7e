import type { Db } from '@latchkey/kit'
import type { TrailTables } from '#platform/events/tables.ts'
import { pageByKey } from '#platform/paging/page-by-key.ts'

/** One person's trail, newest first, from before `beforeSeq`. The trail itself is the platform's; this only reads. */
export const listEntries = (
  db: Db,
  page: { readonly userId: string; readonly beforeSeq: number | null; readonly limit: number },
) =>
  pageByKey(
    db
      .withTables<TrailTables>()
      .selectFrom('audit_entries')
      .leftJoin('audit_contexts', 'audit_contexts.seq', 'audit_entries.seq')
      .select([
        'audit_entries.seq',
        'id',
        'at',
        'code',
        'message',
        'actor_kind',
        'target',
        'result',
        'request_id',
        'session_hash',
        'data',
      ])
      .select(['address', 'location', 'device_type', 'browser', 'os_name'])
      .where('user_id', '=', page.userId),
    {
      by: ['audit_entries.seq'],
      direction: 'desc',
      after: page.beforeSeq === null ? null : [page.beforeSeq],
      limit: page.limit,
    },
  ).execute()
