import type { Context, Db, Job } from '@latchkey/kit'
import type { JobTables } from './tables.ts'

const tables = (db: Db) => db.withTables<JobTables>()

type Moment = Pick<Context, 'db' | 'now'>

export const periodMs = ({ everySeconds }: Pick<Job, 'everySeconds'>): number => everySeconds * 1000

const rowOf = (db: Db, name: string) =>
  tables(db).selectFrom('jobs').selectAll().where('name', '=', name).executeTakeFirst()

type Planned = Pick<JobTables['jobs'], 'due_at' | 'lease_until'>

/** Plans a job that was never planned; the first process to do so decides. */
const planFirst = async ({ db }: Moment, name: string, firstDueAt: number): Promise<Planned> => {
  await tables(db)
    .insertInto('jobs')
    .values({ name, due_at: firstDueAt })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  return (await rowOf(db, name)) ?? { due_at: firstDueAt, lease_until: null }
}

/** Milliseconds until this process should check the job again; 0: it is due and no process runs it. */
export const waitFor = async (ctx: Moment, job: Job, firstAfterMs: number): Promise<number> => {
  const now = ctx.now()
  const row =
    (await rowOf(ctx.db, job.name)) ?? (await planFirst(ctx, job.name, now + firstAfterMs))
  if (row.lease_until !== null && row.lease_until >= now) return row.lease_until - now + 1
  // Due later than one period from now: the period was shortened, or the clock was set back.
  return row.due_at > now + periodMs(job) ? 0 : Math.max(0, row.due_at - now)
}

export type JobClaim = {
  readonly name: string
  readonly claimToken: string
  readonly startedAt: number
  readonly leaseUntil: number
}

/** One statement: of all processes that find a job due, one gets it. Null for the others. */
export const claimJob = async (
  ctx: Moment & Pick<Context, 'random'>,
  job: Job,
  leaseMs: number,
): Promise<JobClaim | null> => {
  const startedAt = ctx.now()
  const claimToken = ctx.random.id('clm')
  const leaseUntil = startedAt + leaseMs
  const result = await tables(ctx.db)
    .updateTable('jobs')
    .set({ claim_token: claimToken, lease_until: leaseUntil, started_at: startedAt })
    .where('name', '=', job.name)
    .where((where) =>
      where.and([
        where.or([where('lease_until', 'is', null), where('lease_until', '<', startedAt)]),
        where.or([
          where('due_at', '<=', startedAt),
          where('due_at', '>', startedAt + periodMs(job)),
        ]),
      ]),
    )
    .executeTakeFirst()
  return result.numUpdatedRows > 0n ? { name: job.name, claimToken, startedAt, leaseUntil } : null
}

const ofClaim = (db: Db, { name, claimToken }: JobClaim, set: Partial<JobTables['jobs']>) =>
  tables(db)
    .updateTable('jobs')
    .set(set)
    .where('name', '=', name)
    .where('claim_token', '=', claimToken)
    .executeTakeFirst()

/** False when another process has taken the job over. */
export const renewJob = async (db: Db, claim: JobClaim, leaseUntil: number): Promise<boolean> =>
  (await ofClaim(db, claim, { lease_until: leaseUntil })).numUpdatedRows > 0n

type Ended = {
  /** Null: due as before, for a run that was interrupted. */
  readonly dueAt: number | null
  readonly error: string | null
}

export const finishJob = async (
  { db, now }: Moment,
  claim: JobClaim,
  { dueAt, error }: Ended,
): Promise<boolean> => {
  const result = await ofClaim(db, claim, {
    ...{ claim_token: null, lease_until: null },
    ...(dueAt === null
      ? {}
      : { due_at: dueAt, finished_at: now(), last_error: error?.slice(0, 300) ?? null }),
  })
  return result.numUpdatedRows > 0n
}

/** Jobs whose last run failed. */
export const listFailedJobs = (db: Db): Promise<readonly JobTables['jobs'][]> =>
  tables(db)
    .selectFrom('jobs')
    .selectAll()
    .where('last_error', 'is not', null)
    .orderBy('name')
    .execute()
