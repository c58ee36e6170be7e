import { Refusal, type Rule } from '@latchkey/kit'
import {
  claimUsername,
  countUsernames,
  findPersonById,
  lockPerson,
  updatePerson,
} from '#modules/person/api.ts'
import { requireStillSignedIn } from '#modules/sessions/api.ts'
import { type operations, refusals, usernamesMax } from './contract.ts'
import reservedNames from './data/reserved-usernames.json' with { type: 'json' }
import { usernameChanged } from './events.ts'
import { usernameSettings } from './settings.ts'

/**
 * Users choose this name, and servers open the Unix account of the same name. So it must not be an account that comes with
 * a system (Debian's base-passwd), a cloud or a common service.
 */
const reserved: ReadonlySet<string> = new Set(reservedNames)

const isReserved = (username: string, more: readonly string[]): boolean =>
  reserved.has(username) || username.startsWith('systemd-') || more.includes(username)

/** An operation of its own, for a browser and a recent proof: the name decides which account on a server a key opens. */
export const chooseUsername: Rule<typeof operations.chooseUsername> = (ctx, { username }) =>
  ctx.transaction(async (ctx) => {
    const { userId } = ctx.actor
    // One change at a time, or two simultaneous ones would both count as the last that is allowed.
    await lockPerson(ctx.db, userId)
    await requireStillSignedIn(ctx)
    const person = await findPersonById(ctx.db, userId)
    if (person?.username === username) return { username }
    const at = ctx.now()
    if (username !== null) {
      if (isReserved(username, ctx.config.read(usernameSettings).reserved))
        throw new Refusal(refusals.username_reserved)
      const owner = await claimUsername(ctx.db, { username, user_id: userId, taken_at: at })
      if (owner !== userId) throw new Refusal(refusals.username_taken)
      if ((await countUsernames(ctx.db, userId)) > usernamesMax)
        throw new Refusal(refusals.usernames_used_up)
    }
    await updatePerson(ctx.db, userId, { username, updated_at: at })
    await ctx.announce(usernameChanged, { username })
    return { username }
  })
