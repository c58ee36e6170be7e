import { type Actor, type Context, Refusal, type Rule } from '@latchkey/kit'
import { endTokens } from '#modules/access-tokens/api.ts'
import { endKeys } from '#modules/api-key/api.ts'
import { deletePasskeys } from '#modules/passkeys/api.ts'
import { hashPassword, replaceForgotten, requireAcceptable } from '#modules/password/api.ts'
import {
  findPersonById,
  lockPerson,
  requireManageable,
  requireWayInRemains,
  securityNotice,
} from '#modules/person/api.ts'
import { forgetStrongDevices, requireStillSignedIn } from '#modules/sessions/api.ts'
import { endSshKeys } from '#modules/ssh-keys/api.ts'
import { removeFactors } from '#modules/two-factor/api.ts'
import { pages as twoFactorPages } from '#modules/two-factor/contract.ts'
import { hourMs, iso } from '#platform/clock/moment.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { isDuplicate } from '#platform/db/dialect.ts'
import {
  consumeOneTimeToken,
  issueOneTimeToken,
  peekOneTimeToken,
  voidOneTimeTokens,
} from '#platform/identity/one-time-token.ts'
import { type operations, pages, refusals } from './contract.ts'
import { recoveryFinished, recoveryStarted, recoveryStopped } from './events.ts'
import { endOpen, findOpen, insertRecovery } from './store.ts'

type Ops = typeof operations

export const finishKind = 'recovery-finish'
const stopKind = 'recovery-stop'
const waitHours = 24

export const read: Rule<Ops['read']> = async (ctx) => {
  const open = await findOpen(ctx.db, ctx.actor.userId)
  return {
    recovery: open ? { startedAt: iso(open.started_at), readyAt: iso(open.ready_at) } : null,
  }
}

/** Recorded, reported to the user, and slow on purpose: for a day, a user who still reads the mailbox can stop it. */
export const start: Rule<Ops['start']> = async (ctx, { userId }) => {
  const person = await requireManageable(ctx, userId)
  try {
    return await ctx.transaction(async (ctx) => {
      // The recovery outlives this session, so a session that was ended meanwhile must not start one.
      await lockPerson(ctx.db, ctx.actor.userId)
      await requireStillSignedIn(ctx)
      const at = ctx.now()
      const readyAt = at + waitHours * hourMs
      await insertRecovery(ctx.db, {
        id: ctx.random.id('rec'),
        user_id: userId,
        started_by: ctx.actor.userId,
        started_at: at,
        ready_at: readyAt,
        mailed_at: null,
        ended_at: null,
        end_reason: null,
      })
      const token = await issueOneTimeToken(ctx, {
        kind: stopKind,
        userId,
        recipient: person.email,
        ttlSeconds: 2 * waitHours * 3600,
      })
      const link = publicLink(ctx.config, pages.stop, { name: 'token', value: token })
      const values = { name: person.name, operator: ctx.actor.name, hours: String(waitHours), link }
      await ctx.announce(
        recoveryStarted,
        { by: ctx.actor.name },
        {
          userId,
          target: userId,
          letters: [{ to: person.email, text: 'recovery:started', values }],
        },
      )
      return { startedAt: iso(at), readyAt: iso(readyAt) }
    })
  } catch (error) {
    if (isDuplicate(error)) throw new Refusal(refusals.under_way)
    throw error
  }
}

const stopOpen = async (
  ctx: Pick<Context<Actor>, 'db' | 'now' | 'announce'>,
  userId: string,
  by: 'person' | 'link' | 'operator',
): Promise<boolean> => {
  // Stopping and finishing both lock the person first: the second finds it ended, and the two cannot deadlock.
  await lockPerson(ctx.db, userId)
  if (!(await endOpen(ctx.db, userId, { at: ctx.now(), reason: `stopped by ${by}` }))) return false
  await voidOneTimeTokens(ctx, finishKind, userId)
  await voidOneTimeTokens(ctx, stopKind, userId)
  await ctx.announce(recoveryStopped, { by }, { userId, target: userId })
  return true
}

export const stop: Rule<Ops['stop']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    if (!(await stopOpen(ctx, ctx.actor.userId, 'person'))) throw new Refusal(refusals.none)
    return {}
  })

export const stopByLink: Rule<Ops['stopByLink']> = (ctx, { token }) =>
  ctx.transaction(async (ctx) => {
    const open = await peekOneTimeToken(ctx, stopKind, token)
    if (!open?.userId) throw new Refusal(refusals.link_invalid)
    // The person is locked before the link, as wherever links are voided: a different order could deadlock.
    await lockPerson(ctx.db, open.userId)
    const used = await consumeOneTimeToken(ctx, stopKind, token)
    if (!used || !(await stopOpen(ctx, open.userId, 'link')))
      throw new Refusal(refusals.link_invalid)
    return {}
  })

export const cancel: Rule<Ops['cancel']> = async (ctx, { userId }) => {
  await requireManageable(ctx, userId)
  return ctx.transaction(async (ctx) => {
    if (!(await stopOpen(ctx, userId, 'operator'))) throw new Refusal(refusals.none)
    return {}
  })
}

/** The user chooses the password, never an operator. Every earlier method, and every key that acts for the user, is gone. */
export const finish: Rule<Ops['finish']> = async (ctx, { token, newPassword }) => {
  const open = await peekOneTimeToken(ctx, finishKind, token)
  const person = open?.userId ? await findPersonById(ctx.db, open.userId) : undefined
  if (!person || person.disabled_at !== null) throw new Refusal(refusals.link_invalid)
  await requireAcceptable(ctx, newPassword, {
    name: person.name,
    email: person.email,
    pointer: '/newPassword',
  })
  const next = await hashPassword(ctx, newPassword)
  return ctx.transaction(async (ctx) => {
    await lockPerson(ctx.db, person.id)
    const used = await consumeOneTimeToken(ctx, finishKind, token)
    if (!used || !(await endOpen(ctx.db, person.id, { at: ctx.now(), reason: 'finished' })))
      throw new Refusal(refusals.link_invalid)
    await deletePasskeys(ctx.db, person.id)
    await removeFactors(ctx, person.id)
    await endTokens(ctx, person.id)
    await endKeys(ctx, person.id)
    await endSshKeys(ctx, person.id)
    await forgetStrongDevices(ctx.db, person.id)
    await replaceForgotten(ctx, person, next)
    await requireWayInRemains(ctx, person.id)
    const letters = await securityNotice(ctx, person.id, {
      text: 'recovery:finished',
      page: twoFactorPages.twoFactor,
    })
    await ctx.announce(recoveryFinished, {}, { userId: person.id, target: person.id, letters })
    return {}
  })
}
