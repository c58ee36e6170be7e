import type { Context, Db, WorkProgress, WorkState } from '@latchkey/kit'
import { sql } from 'kysely'
import { skipLocked } from '../db/dialect.ts'
import type { WorkTables } from './tables.ts'

const tables = (db: Db) => db.withTables<WorkTables>()

type Moment = Pick<Context, 'db' | 'now'>

/** Only reads, so that an idle process never takes the write lock. */
export const isDue = async ({ db, now }: Moment, kind: string): Promise<boolean> => {
  const row = await tables(db)
    .selectFrom('work')
    .select('id')
    .where('kind', '=', kind)
    .where('state', '=', 'waiting')
    .where('not_before', '<=', now())
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Lets the piece wait again, unless it was cancelled meanwhile: the statement that writes it decides. */
const goesOn = (at: number) => ({
  state: sql<WorkState>`case when cancel_requested_at is null then 'waiting' else 'cancelled' end`,
  finished_at: sql<number | null>`
    case when cancel_requested_at is null then null else cast(${at} as bigint) end`,
})

const expired = ({ db, now }: Moment, kind: string) =>
  tables(db)
    .selectFrom('work')
    .select('id')
    .where('kind', '=', kind)
    .where('state', '=', 'running')
    .where('lease_until', '<', now())

/** Puts back pieces whose process let its lease run out. Its claim is void from then on, even if it is still alive. */
export const putBackExpired = async (ctx: Moment, kind: string): Promise<void> => {
  if (!(await expired(ctx, kind).limit(1).executeTakeFirst())) return
  await tables(ctx.db)
    .updateTable('work')
    .set({ claim_token: null, lease_until: null, ...goesOn(ctx.now()) })
    .where('id', 'in', skipLocked(ctx.db, expired(ctx, kind)))
    .where('state', '=', 'running')
    .where('lease_until', '<', ctx.now())
    .execute()
}

export type Claimed = {
  readonly id: string
  readonly claimToken: string
  readonly attempts: number
  readonly leaseUntil: number
  readonly input: string | null
  readonly sealedInput: Uint8Array | null
}

type Claiming = {
  readonly kind: string
  readonly leaseMs: number
  readonly max: number
}

/** Claims up to `max` pieces. Each attempt is counted before it is made, so that a piece cannot kill processes for ever. */
export const claimWork = async (
  ctx: Moment & Pick<Context, 'random'>,
  { kind, leaseMs, max }: Claiming,
): Promise<readonly Claimed[]> => {
  const claimToken = ctx.random.id('clm')
  const leaseUntil = ctx.now() + leaseMs
  const next = tables(ctx.db)
    .selectFrom('work')
    .select('id')
    .where('kind', '=', kind)
    .where('state', '=', 'waiting')
    .where('not_before', '<=', ctx.now())
    .orderBy('priority')
    .orderBy('turn_at')
    .orderBy('id')
    .limit(max)
  const rows = await tables(ctx.db)
    // A query of its own: PostgreSQL may run a subquery once per row, and skip other locked rows each time.
    .with('next', () => skipLocked(ctx.db, next))
    .updateTable('work')
    .set((set) => ({
      ...{ state: 'running' as const, claim_token: claimToken, lease_until: leaseUntil },
      attempts: set('attempts', '+', 1),
    }))
    .where('id', 'in', (where) => where.selectFrom('next').select('next.id'))
    .where('state', '=', 'waiting')
    .returning(['id', 'attempts', 'input', 'sealed_input as sealedInput', 'priority', 'turn_at'])
    .execute()
  // The engines return updated rows in no defined order.
  return rows
    .toSorted((a, b) => a.priority - b.priority || a.turn_at - b.turn_at || (a.id < b.id ? -1 : 1))
    .map((row) => ({ ...row, claimToken, leaseUntil }))
}

type Claim = Pick<Claimed, 'id' | 'claimToken'>
const progressColumns = (progress: WorkProgress | null) =>
  progress
    ? {
        progress_done: progress.done,
        progress_total: progress.total,
        progress_note: progress.note?.slice(0, 200) ?? null,
      }
    : {}

/** Null when the lease was lost: another process owns the piece now. */
export const renewLease = async (
  { db }: Pick<Context, 'db'>,
  claim: Claim,
  { leaseUntil, progress }: { readonly leaseUntil: number; readonly progress: WorkProgress | null },
): Promise<{ readonly isCancelRequested: boolean } | null> => {
  const row = await tables(db)
    .updateTable('work')
    .set({ lease_until: leaseUntil, ...progressColumns(progress) })
    .where('id', '=', claim.id)
    .where('claim_token', '=', claim.claimToken)
    .returning('cancel_requested_at')
    .executeTakeFirst()
  return row ? { isCancelRequested: row.cancel_requested_at !== null } : null
}

type Result = { readonly plain: string | null; readonly sealed: Uint8Array | null }

export type Outcome =
  | { readonly state: 'done'; readonly result?: Result }
  | { readonly state: 'waiting'; readonly notBefore: number; readonly error: string }
  /** The process stops, so the attempt does not count. */
  | { readonly state: 'given back' }
  | { readonly state: 'failed'; readonly error: string }
  | { readonly state: 'cancelled' }

const resultColumns = (result: Result | undefined) =>
  result ? { result: result.plain, sealed_result: result.sealed } : {}

const outcomeColumns = (outcome: Outcome, at: number) => {
  switch (outcome.state) {
    case 'waiting':
      return {
        ...goesOn(at),
        not_before: outcome.notBefore,
        last_error: outcome.error.slice(0, 300),
      }
    case 'given back':
      return { ...goesOn(at), attempts: sql<number>`attempts - 1` }
    case 'failed':
      return { state: outcome.state, finished_at: at, last_error: outcome.error.slice(0, 300) }
    case 'cancelled':
      return { state: outcome.state, finished_at: at }
    case 'done':
      return {
        ...{ state: outcome.state, finished_at: at, last_error: null },
        ...resultColumns(outcome.result),
      }
  }
}

type Finishing = { readonly outcome: Outcome; readonly progress?: WorkProgress | null }

/** False when the lease was lost meanwhile: another process owns the piece, and this outcome is discarded. */
export const finishWork = async (
  ctx: Moment,
  claim: Claim,
  { outcome, progress = null }: Finishing,
): Promise<boolean> => {
  const result = await tables(ctx.db)
    .updateTable('work')
    .set({
      ...{ claim_token: null, lease_until: null },
      ...progressColumns(progress),
      ...outcomeColumns(outcome, ctx.now()),
    })
    .where('id', '=', claim.id)
    .where('claim_token', '=', claim.claimToken)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
