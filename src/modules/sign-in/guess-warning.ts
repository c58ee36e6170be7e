import type { OnGuessing } from '@latchkey/kit'
import { pages as passwordPages } from '#modules/password/contract.ts'
import { findPersonById, lockPerson, securityNotice } from '#modules/person/api.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { issueOneTimeToken } from '#platform/identity/one-time-token.ts'
import { pages } from './contract.ts'
import { guessingWarned } from './events.ts'

export const liftKind = 'lift-lock'
const liftHours = 24

/** After ten wrong guesses in a row, at most once a day: tells the person, with a link that lifts the waits. */
export const warnOfGuessing: OnGuessing = async (ctx, { account, isPassword, kind, claim }) => {
  const person = await findPersonById(ctx.db, account)
  await ctx.transaction(async (ctx) => {
    // The person's row before the count's, as everything that opens a session locks them.
    if (person) await lockPerson(ctx.db, person.id)
    const failures = await claim(ctx)
    if (failures === null || !person || person.disabled_at !== null) return
    const token = await issueOneTimeToken(ctx, {
      kind: liftKind,
      userId: person.id,
      recipient: person.email,
      ttlSeconds: liftHours * 3600,
    })
    const letters = await securityNotice(ctx, person.id, {
      text: isPassword ? 'sign-in:guessing' : 'sign-in:codes',
      values: {
        failures: String(failures),
        link: publicLink(ctx.config, pages.unlock, { name: 'token', value: token }),
        passwordLink: publicLink(ctx.config, passwordPages.forgot),
      },
    })
    await ctx.announce(guessingWarned, { kind, failures }, { userId: person.id, letters })
  })
}
