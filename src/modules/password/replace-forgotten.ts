import type { Actor, Context, Letter } from '@latchkey/kit'
import { happening, raiseEpoch } from '#modules/person/api.ts'
import { endOtherSessions, endPendingOf, listDevices } from '#modules/sessions/api.ts'
import { publicLink } from '#platform/config/public-url.ts'
import type { StoredPassword } from '#platform/crypto/password-hash.ts'
import { reopenAllGuesses } from '#platform/identity/judge-guess.ts'
import { voidOneTimeTokens } from '#platform/identity/one-time-token.ts'
import { pages, type StillWorking } from './contract.ts'
import { passwordChanged } from './events.ts'
import { stillWorkingValues, whatStillWorks } from './still-working.ts'
import { savePassword } from './store.ts'

export const resetKind = 'password-reset'

/** The notice that cannot be switched off: a user who did not make this change must learn of it. */
export const changedNotice = async (
  ctx: Pick<Context<Actor>, 'config' | 'actor' | 'now' | 'catalogue'>,
  { email, name }: { readonly email: string; readonly name: string },
  stillWorking: StillWorking,
): Promise<Letter> => {
  const remaining = stillWorkingValues(ctx, stillWorking)
  return {
    to: email,
    text: remaining ? 'password:changedKeysRemain' : 'password:changed',
    values: {
      name,
      link: publicLink(ctx.config, pages.forgot),
      ...(await happening(ctx)),
      ...remaining,
    },
  }
}

/**
 * Sets a new password for a user who is not signed in, and ends all earlier sessions. Returns what still works. Called in
 * a transaction.
 */
export const replaceForgotten = async (
  ctx: Pick<Context<Actor>, 'db' | 'now' | 'keys' | 'config' | 'announce' | 'actor' | 'catalogue'>,
  person: { readonly id: string; readonly email: string; readonly name: string },
  next: StoredPassword,
): Promise<StillWorking> => {
  // Locked first, as in every change of an account: a different order could deadlock.
  await raiseEpoch(ctx.db, person.id)
  await savePassword(ctx.db, { userId: person.id, stored: next, at: ctx.now() })
  await voidOneTimeTokens(ctx, resetKind, person.id)
  const knownDevices = await listDevices(ctx.db, person.id)
  await reopenAllGuesses(ctx, { account: person.id, knownDevices })
  await endPendingOf(ctx.db, person.id, ctx.now())
  const endedSessions = await endOtherSessions(ctx, {
    userId: person.id,
    exceptId: null,
    reason: 'password-reset',
  })
  const stillWorking = await whatStillWorks(ctx, person.id)
  const letters = [await changedNotice(ctx, person, stillWorking)]
  await ctx.announce(
    passwordChanged,
    { how: 'reset', endedSessions },
    { userId: person.id, letters },
  )
  return stillWorking
}
