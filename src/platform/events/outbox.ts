import type { Context, Letter } from '@latchkey/kit'
import { dayMs } from '../clock/moment.ts'
import { seal, unseal } from '../crypto/envelope.ts'
import { skipLocked } from '../db/dialect.ts'
import type { OutboxTables } from './tables.ts'

export const leaseMs = 60_000
export const attemptsMax = 20

type Outgoing = { readonly userId: string | null; readonly event: string; readonly letter: Letter }

const place = (id: string) => ({ table: 'outbox', row: id, column: 'payload' })

/** Queues a mail in the caller's transaction: it leaves if, and only if, the change it tells of is committed. */
export const enqueueLetter = async (
  ctx: Pick<Context, 'db' | 'keys' | 'random' | 'now'>,
  { userId, event, letter }: Outgoing,
): Promise<void> => {
  const id = ctx.random.id('out')
  await ctx.db
    .withTables<OutboxTables>()
    .insertInto('outbox')
    .values({
      id,
      channel: 'mail',
      status: 'pending',
      priority: 0,
      user_id: userId,
      event,
      payload: await seal(ctx, place(id), JSON.stringify(letter)),
      attempts: 0,
      available_at: ctx.now(),
      claim_token: null,
      claimed_until: null,
      created_at: ctx.now(),
      finished_at: null,
      last_error: null,
    })
    .execute()
}

export type Claimed = {
  readonly id: string
  readonly claimToken: string
  readonly attempts: number
  readonly letter: Letter
}

type Working = Pick<Context, 'db' | 'keys' | 'random' | 'now'>

const due = (ctx: Pick<Context, 'db' | 'now'>) =>
  ctx.db
    .withTables<OutboxTables>()
    .selectFrom('outbox')
    .select('id')
    .where((where) =>
      where.or([
        where.and([
          where('status', 'in', ['pending', 'retry']),
          where('available_at', '<=', ctx.now()),
        ]),
        where.and([where('status', '=', 'claimed'), where('claimed_until', '<', ctx.now())]),
      ]),
    )

/** A read, so that an idle process never takes the write lock just to look. */
export const anythingDue = async (ctx: Pick<Context, 'db' | 'now'>): Promise<boolean> =>
  (await due(ctx).limit(1).executeTakeFirst()) !== undefined

/** Takes up to `max` letters for one lease. The attempt is counted before dispatch: a letter that kills the process cannot do so for ever. */
export const claimLetters = async (ctx: Working, max: number): Promise<Claimed[]> => {
  const claimToken = ctx.random.id('clm')
  const rows = await ctx.db
    .withTables<OutboxTables>()
    .updateTable('outbox')
    .set((set) => ({
      status: 'claimed' as const,
      claim_token: claimToken,
      claimed_until: ctx.now() + leaseMs,
      attempts: set('attempts', '+', 1),
    }))
    .where(
      'id',
      'in',
      skipLocked(ctx.db, due(ctx).orderBy('priority').orderBy('available_at').limit(max)),
    )
    .returning(['id', 'attempts', 'payload'])
    .execute()
  const opened = await Promise.all(rows.map((row) => open(ctx, row, claimToken)))
  return opened.filter((claimed) => claimed !== null)
}

type Sealed = Pick<OutboxTables['outbox'], 'id' | 'attempts' | 'payload'>

/** Null for one that cannot be read: it is set aside, or it would hold up everything claimed with it for ever. */
const open = async (ctx: Working, row: Sealed, claimToken: string): Promise<Claimed | null> => {
  const { id, attempts } = row
  try {
    const text = (await unseal(ctx, place(id), row.payload)).toString()
    return { id, claimToken, attempts, letter: JSON.parse(text) as Letter }
  } catch {
    const error = 'the letter cannot be opened with the keys of this installation'
    await finishLetter(ctx, { id, claimToken }, { status: 'dead', error })
    return null
  }
}

export type Outcome =
  | { readonly status: 'sent' }
  | { readonly status: 'retry'; readonly availableAt: number; readonly error: string }
  | { readonly status: 'dead'; readonly error: string }

/** False when the lease was lost meanwhile: somebody else owns the letter now, and this outcome counts for nothing. */
export const finishLetter = async (
  ctx: Pick<Context, 'db' | 'now'>,
  claimed: Pick<Claimed, 'id' | 'claimToken'>,
  outcome: Outcome,
): Promise<boolean> => {
  const result = await ctx.db
    .withTables<OutboxTables>()
    .updateTable('outbox')
    .set({
      status: outcome.status,
      claim_token: null,
      claimed_until: null,
      finished_at: outcome.status === 'retry' ? null : ctx.now(),
      last_error: outcome.status === 'sent' ? null : outcome.error.slice(0, 300),
      ...(outcome.status === 'retry' ? { available_at: outcome.availableAt } : {}),
    })
    .where('id', '=', claimed.id)
    .where('claim_token', '=', claimed.claimToken)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** After a restore: what waited then was sent long ago, or tells of something that is no longer so. Returns how many. */
export const holdLetters = async (ctx: Pick<Context, 'db' | 'now'>): Promise<number> => {
  const result = await ctx.db
    .withTables<OutboxTables>()
    .updateTable('outbox')
    .set({
      status: 'held',
      claim_token: null,
      claimed_until: null,
      finished_at: ctx.now(),
      last_error: 'held: it waited in a backup that was restored',
    })
    .where('status', 'in', ['pending', 'claimed', 'retry'])
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

type OutboxState = {
  readonly counts: Readonly<Record<string, number>>
  /** When the letter that waits longest became due, or null. */
  readonly oldestDueAt: number | null
}

/** How many letters there are in each state, of the week that they are kept. */
export const readOutbox = async (ctx: Pick<Context, 'db' | 'now'>): Promise<OutboxState> => {
  const rows = await ctx.db
    .withTables<OutboxTables>()
    .selectFrom('outbox')
    .select((select) => [
      'status',
      select.fn.countAll<number>().as('letters'),
      select.fn.min('available_at').as('oldest'),
    ])
    .groupBy('status')
    .execute()
  const due = rows
    .filter((row) => row.status === 'pending' || row.status === 'retry')
    .map((row) => row.oldest)
    .filter((at) => at <= ctx.now())
  return {
    counts: Object.fromEntries(rows.map((row) => [row.status, Number(row.letters)])),
    oldestDueAt: due.length > 0 ? Math.min(...due) : null,
  }
}

/** Finished letters hold links and addresses; after a week nobody needs them. */
export const deleteOldLetters = async (ctx: Pick<Context, 'db' | 'now'>): Promise<void> => {
  const weekMs = 7 * dayMs
  await ctx.db
    .withTables<OutboxTables>()
    .deleteFrom('outbox')
    .where('status', 'in', ['sent', 'dead', 'held'])
    .where('finished_at', '<', ctx.now() - weekMs)
    .execute()
}
