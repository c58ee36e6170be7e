import type { Context, System } from '@latchkey/kit'
import { iso } from '#platform/clock/moment.ts'
import { listFailedJobs } from '#platform/jobs/store.ts'
import { letterKind } from '#platform/mail/letters.ts'
import { type KindState, readWork } from '#platform/work/follow.ts'
import { about, type Finding } from './finding.ts'

const waitMax = 10 * 60_000

const waitsLong = ({ now }: Context<System>, { oldestDueAt }: KindState): boolean =>
  oldestDueAt !== null && oldestDueAt < now() - waitMax

const waiting = ({ counts }: KindState): number => (counts.waiting ?? 0) + (counts.running ?? 0)

const nothing: KindState = { kind: letterKind.name, counts: {}, oldestDueAt: null }

/** Checks for mails that were given up, and for a process that sends them. */
export const lookAtLetters = async (ctx: Context<System>): Promise<readonly Finding[]> => {
  const say = about('outgoing mail')
  const letters = (await readWork(ctx)).find(({ kind }) => kind === letterKind.name) ?? nothing
  const { counts, oldestDueAt } = letters
  const found: Finding[] = []
  if (counts.failed)
    found.push(
      say.warning(
        `${counts.failed} mails of the last week could not be delivered.`,
        'The log of the server says why, one line for each. latchkey doctor --send-to <address> tries the way out.',
      ),
    )
  if (oldestDueAt !== null && waitsLong(ctx, letters))
    found.push(
      say.problem(
        `Mails have been waiting since ${iso(oldestDueAt)}.`,
        'Nobody sends them: start the server.',
      ),
    )
  const held = counts.held ? `, ${counts.held} are held since a restore` : ''
  return found.length > 0 ? found : [say.ok(`${waiting(letters)} mails wait${held}.`)]
}

/** What else is done behind a request: pieces of work that were given up or lie, and jobs that fail. */
export const lookAtWork = async (ctx: Context<System>): Promise<readonly Finding[]> => {
  const say = about('background work')
  const kinds = (await readWork(ctx)).filter(({ kind }) => kind !== letterKind.name)
  const given = kinds
    .filter(({ counts }) => counts.failed)
    .map(({ kind, counts }) =>
      say.warning(
        `${counts.failed} pieces of ${kind} of the last week failed.`,
        'The log of the server says why, one line for each.',
      ),
    )
  const lying = kinds
    .filter((kind) => waitsLong(ctx, kind))
    .map(({ kind, oldestDueAt }) =>
      say.problem(
        `Work of the kind ${kind} has been waiting since ${iso(oldestDueAt ?? 0)}.`,
        'Start the server; if it runs, the module that does this work is not in it any more.',
      ),
    )
  const jobs = (await listFailedJobs(ctx.db)).map(({ name, last_error, finished_at }) =>
    say.warning(
      `The job ${name} failed at ${iso(finished_at ?? 0)}: ${last_error}`,
      'It is done again in its next period. The log of the server has the whole fault.',
    ),
  )
  const found = [...given, ...lying, ...jobs]
  const waits = kinds.reduce((sum, kind) => sum + waiting(kind), 0)
  return found.length > 0 ? found : [say.ok(`${waits} pieces wait, and no job failed.`)]
}
