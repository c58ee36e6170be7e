import type { Actor, Context, Db, WorkOptions, WorkOutline } from '@latchkey/kit'
import { type RawBuilder, sql } from 'kysely'
import type { z } from 'zod'
import { toColumns } from './columns.ts'
import type { WorkTables } from './tables.ts'

type Writing = Pick<Context, 'db' | 'keys' | 'random' | 'now'>

/** Transactions that queued work: the commit of one wakes the workers of its process. */
const queuing = new WeakSet<Db>()
export const hasQueuedWork = (db: Db): boolean => queuing.has(db)

type Queue = {
  readonly kind: string
  readonly priority: number
  readonly fairnessKey: string | null
  readonly now: number
}

/** The turn that is taken next, or now if nothing is due. */
const nextTurn = (db: Db, { kind, priority, now }: Queue) =>
  db
    .withTables<WorkTables>()
    .selectFrom('work')
    .select('turn_at')
    .where('kind', '=', kind)
    .where('state', '=', 'waiting')
    .where('priority', '=', priority)
    .where('not_before', '<=', now)
    .orderBy('turn_at')
    .limit(1)

/** The turn after the last one that waits with the same key; null if none does. */
const ownTurn = (db: Db, { kind, fairnessKey }: Queue) =>
  db
    .withTables<WorkTables>()
    .selectFrom('work')
    .select((select) => select(select.fn.max('turn_at'), '+', 1).as('turn'))
    .where('kind', '=', kind)
    .where('fairness_key', '=', fairnessKey)
    .where('state', '=', 'waiting')

const turnOf = (db: Db, queue: Queue): RawBuilder<number> => {
  const next = sql<number>`coalesce(${nextTurn(db, queue)}, ${queue.now})`
  if (queue.fairnessKey === null) return next
  const own = ownTurn(db, queue)
  return sql<number>`case when ${own} > ${next} then ${own} else ${next} end`
}

/**
 * Writes a piece in the caller's transaction. Its turn is the one that is taken next, or the one after the last that waits
 * with the same fairness key: a thousand pieces of one person stand at a thousand turns, and the next person's comes right
 * behind the first of them, however long they have been waiting (start-time fair queueing, Goyal, Vin and Cheng 1996).
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
  // Validated now but stored as given: it is parsed again, perhaps by a later version, when its turn comes.
  kind.input.parse(input)
  const written = await toColumns(ctx, kind, { id, column: 'input', value: input })
  const priority = options.priority ?? kind.priority ?? 0
  await db
    .withTables<WorkTables>()
    .insertInto('work')
    .values({
      ...{ id, kind: kind.name, state: 'waiting', attempts: 0, priority },
      turn_at: turnOf(db, { kind: kind.name, priority, fairnessKey, now }),
      ...{ fairness_key: fairnessKey, user_id: userId, about },
      ...{ input: written.plain, sealed_input: written.sealed },
      ...{ not_before: options.notBefore ?? now, created_at: now },
    })
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
