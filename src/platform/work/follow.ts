import type { Context, Db, WorkOutline, WorkState, WorkView } from '@latchkey/kit'
import { sql } from 'kysely'
import type { z } from 'zod'
import { dayMs } from '../clock/moment.ts'
import { deleteRows } from '../db/delete-rows.ts'
import { fromColumns } from './columns.ts'
import type { WorkTables } from './tables.ts'

/** Ended work is kept this long: for its result, and so that an operator can see what failed. */
const keptMs = 7 * dayMs

const tables = (db: Db) => db.withTables<WorkTables>()

/** State and result of a piece; null for an unknown id, or a week after its end. The caller decides who may see it. */
export const findWork = async <O extends z.ZodType>(
  ctx: Pick<Context, 'db' | 'keys'>,
  kind: WorkOutline<z.ZodType, O>,
  id: string,
): Promise<WorkView<z.output<O>> | null> => {
  const row = await tables(ctx.db)
    .selectFrom('work')
    .selectAll()
    .where('id', '=', id)
    .where('kind', '=', kind.name)
    .executeTakeFirst()
  if (!row) return null
  const kept = { id, column: 'result', plain: row.result, sealed: row.sealed_result } as const
  const isKept = kept.plain !== null || kept.sealed !== null
  return {
    ...{ id, state: row.state, userId: row.user_id, lastError: row.last_error },
    progress:
      row.progress_done === null
        ? null
        : { done: row.progress_done, total: row.progress_total, note: row.progress_note },
    result: kind.output && isKept ? kind.output.parse(await fromColumns(ctx, kept)) : null,
    ...{ cancelRequestedAt: row.cancel_requested_at, createdAt: row.created_at },
    finishedAt: row.finished_at,
  }
}

/**
 * Ends a waiting piece, and asks a running one to stop: `asked` means that it may still complete. `over` when it had ended,
 * or there is none of this kind: an id that a caller sends to one module must not stop the work of another, such as a
 * security notice. The caller decides who may cancel it.
 */
export const cancelWork = async (
  ctx: Pick<Context, 'db' | 'now'>,
  kind: Pick<WorkOutline, 'name'>,
  id: string,
): Promise<'cancelled' | 'asked' | 'over'> => {
  const at = ctx.now()
  const row = await tables(ctx.db)
    .updateTable('work')
    .set({
      cancel_requested_at: at,
      state: sql<WorkState>`case when state = 'waiting' then 'cancelled' else state end`,
      finished_at: sql<number | null>`
        case when state = 'waiting' then cast(${at} as bigint) else finished_at end`,
    })
    .where('id', '=', id)
    .where('kind', '=', kind.name)
    .where('state', 'in', ['waiting', 'running'])
    .returning('state')
    .executeTakeFirst()
  if (!row) return 'over'
  return row.state === 'cancelled' ? 'cancelled' : 'asked'
}

/** Run after a restore: work that waited in the backup was done since, or is out of date. Returns how many pieces. */
export const holdWork = async (
  ctx: Pick<Context, 'db' | 'now'>,
  kind?: string,
): Promise<number> => {
  const all = tables(ctx.db)
    .updateTable('work')
    .set({
      ...{ state: 'held', claim_token: null, lease_until: null, finished_at: ctx.now() },
      last_error: 'held: it waited in a backup that was restored',
    })
    .where('state', 'in', ['waiting', 'running'])
  const result = await (kind ? all.where('kind', '=', kind) : all).executeTakeFirst()
  return Number(result.numUpdatedRows)
}

export type KindState = {
  readonly kind: string
  readonly counts: Readonly<Partial<Record<WorkState, number>>>
  /** When the longest-waiting piece became due, or null. */
  readonly oldestDueAt: number | null
}

/** Number of pieces by kind and state, within the week they are kept. */
export const readWork = async (ctx: Pick<Context, 'db' | 'now'>): Promise<readonly KindState[]> => {
  const rows = await tables(ctx.db)
    .selectFrom('work')
    .select((select) => [
      ...(['kind', 'state'] as const),
      select.fn.countAll<number>().as('pieces'),
      select.fn.min('not_before').as('oldest'),
    ])
    .groupBy(['kind', 'state'])
    .orderBy('kind')
    .execute()
  return [...Map.groupBy(rows, (row) => row.kind)].map(([kind, states]) => {
    const oldest = states.find((row) => row.state === 'waiting')?.oldest ?? null
    return {
      kind,
      counts: Object.fromEntries(states.map((row) => [row.state, Number(row.pieces)])),
      oldestDueAt: oldest !== null && oldest <= ctx.now() ? oldest : null,
    }
  })
}

/** Deletes pieces a week after their end: inputs may hold links and addresses, which are no longer needed. */
export const deleteOldWork = async (
  ctx: Pick<Context, 'db' | 'now'>,
  signal?: AbortSignal,
): Promise<void> => {
  const before = ctx.now() - keptMs
  await deleteRows(tables(ctx.db), {
    ...{ from: 'work', key: 'id', signal },
    where: (where) =>
      where.and([
        where('state', 'in', ['done', 'failed', 'cancelled', 'held']),
        where('finished_at', '<', before),
      ]),
  })
}
