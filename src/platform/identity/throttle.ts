import { type Actor, type Context, type Db, type Migrations, Refusal } from '@latchkey/kit'
import { dayMs } from '../clock/moment.ts'
import { keyedHash } from '../crypto/digest.ts'
import { deleteRows } from '../db/delete-rows.ts'
import { prepared, preparedRecord } from '../db/prepared.ts'
import { refusals } from '../refusals.ts'

type Tables = {
  guesses: {
    /** Keyed hash of the counted thing: an account, an account on a known device, an address. */
    key: Uint8Array
    /** Count that the waits depend on: lifting them resets it. */
    failures: number
    /** Count that `hardMax` applies to: only a right guess or a new secret resets it. */
    in_a_row: number
    /** Start of the window for rules that forget by time; the last guess for those that do not. */
    since: number
    blocked_until: number
    /** When the user was last warned of guesses. */
    warned_at: number | null
  }
}

export const migrations: Migrations = {
  '202611231200_guesses': async (db, columns) => {
    await db.schema
      .createTable('guesses')
      .addColumn('key', columns.secret as 'bytea', (column) => column.primaryKey())
      .addColumn('failures', 'integer', (column) => column.notNull())
      .addColumn('since', columns.moment, (column) => column.notNull())
      .addColumn('blocked_until', columns.moment, (column) => column.notNull())
      .execute()
    await db.schema.createIndex('guesses_by_age').on('guesses').column('since').execute()
  },
  '202611231403_guesses_in_a_row': async (db, columns) => {
    await db.schema
      .alterTable('guesses')
      .addColumn('in_a_row', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema.alterTable('guesses').addColumn('warned_at', columns.moment).execute()
    await guesses(db)
      .updateTable('guesses')
      .set((set) => ({ in_a_row: set.ref('failures') }))
      .execute()
  },
}

/**
 * `free` guesses cost nothing; each further one makes the next wait, `firstWaitSeconds` (30) doubling to an hour.
 * `forgetSeconds`: guesses older than this no longer count; without it only a success forgets (NIST SP 800-63B-4 §3.2.2).
 */
export type GuessRule = {
  readonly name: string
  readonly free: number
  readonly firstWaitSeconds?: number
  readonly forgetSeconds?: number
  /** After so many in a row no guess is checked until `reopenGuesses`. */
  readonly hardMax?: number
}

export type Guess = { readonly rule: GuessRule; readonly about: string }

const firstWaitSeconds = 30
const longestWaitMs = 3_600_000
const forever = Number.MAX_SAFE_INTEGER

type Count = { readonly failures: number; readonly inARow: number }

const waitAfter = (rule: GuessRule, { failures, inARow }: Count): number => {
  if (rule.hardMax !== undefined && inARow >= rule.hardMax) return forever
  if (failures < rule.free) return 0
  const firstWaitMs = (rule.firstWaitSeconds ?? firstWaitSeconds) * 1000
  return Math.min(firstWaitMs * 2 ** (failures - rule.free), longestWaitMs)
}

const keyOf = (ctx: Pick<Context, 'keys'>, { rule, about }: Guess): Buffer =>
  keyedHash(ctx.keys.version('lookup', 1), 'guess', rule.name, about)

const guesses = (db: Db) => db.withTables<Tables>()

/** Locks the row, creating it if missing: simultaneous guesses are counted one after the other. */
const insertOrLock = prepared(2, (db, [key, now]: readonly [Uint8Array, number]) =>
  guesses(db)
    .insertInto('guesses')
    .values({ key, failures: 0, in_a_row: 0, since: now, blocked_until: 0, warned_at: null })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((set) => ({ failures: set.ref('guesses.failures') })),
    )
    .returning(['failures', 'in_a_row', 'since', 'blocked_until']),
)

const lockRow = async (db: Db, key: Buffer, now: number) => {
  const [row] = await insertOrLock(db, key, now)
  if (!row) throw new Error('a count of guesses was neither made nor found')
  return row
}

type Plan = Count & {
  readonly key: Buffer
  readonly since: number
  readonly blockedUntil: number
}
type LockedRow = Awaited<ReturnType<typeof lockRow>>

const planNext = (rule: GuessRule, row: LockedRow, now: number): Omit<Plan, 'key'> => {
  const forgotten = rule.forgetSeconds !== undefined && row.since + rule.forgetSeconds * 1000 <= now
  const failures = (forgotten ? 0 : row.failures) + 1
  const inARow = (forgotten ? 0 : row.in_a_row) + 1
  const wait = waitAfter(rule, { failures, inARow })
  const ends = wait === forever ? forever : now + wait
  // Without a window the last guess says how old the count is: a patient attacker must not have it deleted.
  const starts = forgotten || rule.forgetSeconds === undefined
  const blockedUntil = wait === 0 ? 0 : ends
  return { failures, inARow, since: starts ? now : row.since, blockedUntil }
}

const savePlan = preparedRecord((db, { key, failures, inARow, since, blockedUntil }: Plan) =>
  guesses(db)
    .updateTable('guesses')
    .set({ failures, in_a_row: inARow, since, blocked_until: blockedUntil })
    .where('key', '=', key),
)

/**
 * Counts a guess before it is checked, in a transaction of its own: neither a roll-back nor fifty at once make one free.
 * Refuses with 429 while a wait is running; a refused guess is not counted. After a right guess, or when nothing was
 * checked, the caller takes it back with `settleGuesses`. `failures` is the count of the first of `counted`.
 */
export const countGuess = async (
  ctx: Context<Actor>,
  counted: readonly [Guess, ...Guess[]],
): Promise<{ readonly failures: number }> => {
  const now = ctx.now()
  // Locked in a fixed order, so that two requests that count the same two things cannot deadlock.
  const ordered = counted
    .map((guess) => ({ guess, key: keyOf(ctx, guess) }))
    .sort((a, b) => a.key.compare(b.key))
  const outcome = await ctx.transaction(async (ctx) => {
    const plans = new Map<Guess, Plan>()
    for (const { guess, key } of ordered) {
      const row = await lockRow(ctx.db, key, now)
      if (row.blocked_until > now)
        return { waitMs: row.blocked_until - now, failures: row.failures }
      plans.set(guess, { key, ...planNext(guess.rule, row, now) })
    }
    for (const plan of plans.values()) await savePlan(ctx.db, plan)
    return { waitMs: 0, failures: plans.get(counted[0])?.failures ?? 0 }
  })
  if (outcome.waitMs > 0)
    throw new Refusal(refusals.too_many_requests, {
      retryAfterSeconds: Math.ceil(Math.min(outcome.waitMs, longestWaitMs) / 1000),
    })
  return { failures: outcome.failures }
}

/** Resets the count. One that is closed for good stays closed. */
const deleteOpen = prepared(1, (db, [key]: readonly [Uint8Array]) =>
  guesses(db).deleteFrom('guesses').where('key', '=', key).where('blocked_until', '<', forever),
)

/**
 * The user lifts their own wait: the free guesses are available again, and further guesses are reported again. The number
 * in a row stays, or an attacker who reads the mailbox could go on guessing for ever.
 */
export const liftGuesses = async (
  ctx: Pick<Context, 'keys' | 'db'>,
  counted: readonly Guess[],
): Promise<void> => {
  const keys = counted.map((guess) => keyOf(ctx, guess))
  await guesses(ctx.db)
    .updateTable('guesses')
    .set({ failures: 0, blocked_until: 0, warned_at: null })
    .where('key', 'in', keys)
    .where('blocked_until', '<', forever)
    .execute()
}

const warnAfterFailures = 10

const markWarned = prepared(
  4,
  (db, [key, now, threshold, before]: readonly [Uint8Array, number, number, number]) =>
    guesses(db)
      .updateTable('guesses')
      .set({ warned_at: now })
      .where('key', '=', key)
      .where('failures', '>=', threshold)
      .where((where) =>
        where.or([where('warned_at', 'is', null), where('warned_at', '<=', before)]),
      )
      .returning('in_a_row'),
)

/** True when so many wrong guesses may be a reason to warn the user. */
export const isWarningNear = (failures: number): boolean => failures >= warnAfterFailures

/**
 * Returns how many guesses were wrong in a row if the user has to be warned: after ten, and at most once a day. Of several
 * simultaneous callers exactly one gets the number, the others null. Called in the transaction that writes the mail.
 */
export const claimGuessWarning = async (
  ctx: Pick<Context, 'keys' | 'db' | 'now'>,
  guess: Guess,
): Promise<number | null> => {
  const at = ctx.now()
  const [row] = await markWarned(ctx.db, keyOf(ctx, guess), at, warnAfterFailures, at - dayMs)
  return row?.in_a_row ?? null
}

/** Called after the secret was replaced: guesses at the old one no longer matter. */
export const reopenGuesses = async (
  ctx: Pick<Context, 'keys' | 'db'>,
  counted: readonly Guess[],
): Promise<void> => {
  const keys = counted.map((guess) => keyOf(ctx, guess))
  await guesses(ctx.db).deleteFrom('guesses').where('key', 'in', keys).execute()
}

/** Takes back one guess and keeps those before it: for an address, from which other callers guess too. */
const takeOneOff = prepared(1, (db, [key]: readonly [Uint8Array]) =>
  guesses(db)
    .updateTable('guesses')
    .set((set) => ({
      failures: set('failures', '-', 1),
      in_a_row: set('in_a_row', '-', 1),
      blocked_until: 0,
    }))
    .where('key', '=', key)
    .where('failures', '>', 0)
    .where('in_a_row', '>', 0),
)

type Settled = { readonly forgiven: readonly Guess[]; readonly uncounted: readonly Guess[] }

/**
 * Takes counted guesses back: `forgiven` with all before them, `uncounted` alone. Rows are locked in the same order as
 * when counting, or two requests could deadlock.
 */
export const settleGuesses = async (
  ctx: Pick<Context, 'keys' | 'db'>,
  { forgiven, uncounted }: Settled,
): Promise<void> => {
  const steps = [
    ...forgiven.map((guess) => ({ key: keyOf(ctx, guess), run: deleteOpen })),
    ...uncounted.map((guess) => ({ key: keyOf(ctx, guess), run: takeOneOff })),
  ].sort((a, b) => a.key.compare(b.key))
  for (const { key, run } of steps) await run(ctx.db, key)
}

const monthMs = 30 * dayMs
const yearMs = 365 * dayMs

/**
 * Deletes counts that had no guess for a month. Those whose user was warned are kept for a year, or an attacker would stop
 * before the hundredth guess, wait a month and have a hundred more. Closed counts stay.
 */
export const deleteOldGuesses = async (
  ctx: Pick<Context, 'db' | 'now'>,
  signal?: AbortSignal,
): Promise<void> => {
  const now = ctx.now()
  await deleteRows(guesses(ctx.db), {
    ...{ from: 'guesses', key: 'key', signal },
    where: (where) =>
      where.and([
        where('since', '<', now - monthMs),
        where('blocked_until', '<', now),
        where.or([where('in_a_row', '<', warnAfterFailures), where('since', '<', now - yearMs)]),
      ]),
  })
}
