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
 * People choose this name themselves, and servers open the Unix account of the same name. So it cannot be one of the
 * accounts that come with a system (Debian's base-passwd), with clouds or with usual services.
 */
const reserved: ReadonlySet<string> = new Set(reservedNames)

const isReserved = (username: string, more: readonly string[]): boolean =>
  reserved.has(username) || username.startsWith('systemd-') || more.includes(username)

/** Its own act, for a browser and a fresh proof: the name decides whose account on a server a key opens. */
export const chooseUsername: Rule<typeof operations.chooseUsername> = (ctx, { username }) =>
  ctx.transaction(async (ctx) => {
    const { userId } = ctx.actor
    // One change at a time, or two at once would both be counted as the last that is allowed.
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
