import type { Actor, Context, Db, WorkOutline } from '@latchkey/kit'
import type { z } from 'zod'
import { toColumns } from './columns.ts'
import type { WorkTables } from './tables.ts'

/** How far apart the turns of one fairness key are. */
const turnMs = 1000

export type WorkOptions = {
  readonly userId?: string | null
  /** What it is done for; shown to operators, so no secret. */
  readonly about?: string
  /** Who waits behind whom; `userId` when absent. Not encrypted, so no address. */
  readonly fairnessKey?: string | null
  /** The kind's own when absent. */
  readonly priority?: number
  /** Epoch milliseconds; at once when absent. */
  readonly notBefore?: number
}

type Writing = Pick<Context, 'db' | 'keys' | 'random' | 'now'>

/** Transactions that queued something: whoever commits one wakes the workers of its process. */
const queuing = new WeakSet<Db>()
export const hasQueuedWork = (db: Db): boolean => queuing.has(db)

const turnOf = (db: Db, kind: string, fairnessKey: string) =>
  db
    .withTables<WorkTables>()
    .selectFrom('work')
    .select((select) => select(select.fn.max('turn_at'), '+', turnMs).as('turn'))
    .where('kind', '=', kind)
    .where('fairness_key', '=', fairnessKey)
    .where('state', '=', 'waiting')

/**
 * Writes a piece in the caller's transaction. Its turn is now, or a second after the last one that waits with the same
 * fairness key: a thousand pieces of one person stand at a thousand later seconds, and the next person's comes before all
 * but the first of them (start-time fair queueing, Goyal et al. 1996). A turn is an order and not a wait: with nobody
 * else there, they are taken as fast as they can be.
 */
export const insertWork = async <I extends z.ZodType>(
  ctx: Writing,
  kind: WorkOutline<I>,
  { input, ...options }: WorkOptions & { readonly input: z.input<I> },
): Promise<string> => {
  const id = ctx.random.id(kind.idPrefix ?? 'wrk')
  const { db } = ctx
  const { userId = null, about = null, fairnessKey = userId } = options
  const now = ctx.now()
  // Checked now and kept as it was given: it is parsed again, perhaps by a later version, when its turn comes.
  kind.input.parse(input)
  const written = await toColumns(ctx, kind, { id, column: 'input', value: input })
  const turn = fairnessKey === null ? null : turnOf(db, kind.name, fairnessKey)
  await db
    .withTables<WorkTables>()
    .insertInto('work')
    .values((insert) => ({
      ...{ id, kind: kind.name, state: 'waiting' as const, attempts: 0 },
      priority: options.priority ?? kind.priority ?? 0,
      turn_at: turn
        ? insert.case().when(turn, '>', now).then(turn).else(now).end().$castTo<number>()
        : now,
      ...{ fairness_key: fairnessKey, user_id: userId, about },
      ...{ input: written.plain, sealed_input: written.sealed },
      ...{ not_before: options.notBefore ?? now, created_at: now },
    }))
    .execute()
  queuing.add(db)
  return id
}

/**
 * Queues a piece of work in the transaction of `ctx`, or in one of its own: it is done if, and only if, the change it
 * belongs to is committed. Returns its id, for `findWork` and `cancelWork`.
 */
export const enqueueWork = <I extends z.ZodType>(
  ctx: Context<Actor>,
  kind: WorkOutline<I>,
  piece: WorkOptions & { readonly input: z.input<I> },
): Promise<string> => ctx.transaction((ctx) => insertWork(ctx, kind, piece))
