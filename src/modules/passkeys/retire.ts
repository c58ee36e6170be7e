import type { Context, System } from '@latchkey/kit'
import { lockPerson, securityNotice } from '#modules/person/api.ts'
import { keepsSecondStep, twoFactorDisabled } from '#modules/recovery-codes/api.ts'
import { wayInExists } from '#platform/identity/methods.ts'
import { pages } from './contract.ts'
import { passkeyRetired } from './events.ts'
import { deletePasskey, hasVerifiedPasskey, listHolders, lockPasskeys } from './store.ts'

type Retired = {
  readonly passkeys: number
  /** The user could no longer sign in. */
  readonly hasNoWayIn: boolean
  /** The password alone would open the account. */
  readonly hasNoSecondFactor: boolean
}

/** Thrown to roll a trial back. */
class Undone extends Error {
  readonly found: Retired
  constructor(found: Retired) {
    super('only looked')
    this.found = found
  }
}

type Whose = { readonly userId: string; readonly host: string }

const retireOf = (ctx: Context<System>, { userId, host }: Whose): Promise<Retired> =>
  ctx.transaction(async (ctx) => {
    await lockPerson(ctx.db, userId)
    const rows = (await lockPasskeys(ctx.db, userId)).filter((row) => row.rp_id === host)
    const wasFactor = await hasVerifiedPasskey(ctx.db, userId)
    for (const { id } of rows) await deletePasskey(ctx.db, userId, id)
    const wentOff = !(await keepsSecondStep(ctx, userId)) && wasFactor
    const letters = await securityNotice(ctx, userId, {
      text: wentOff ? 'passkeys:retiredLast' : 'passkeys:retired',
      page: pages.list,
      values: { host, what: rows.map((row) => row.name).join('”, “') },
    })
    for (const [index, { id, name }] of rows.entries())
      await ctx.announce(
        passkeyRetired,
        { name, host },
        // One letter for all of them.
        { userId, target: id, letters: index === 0 ? letters : [] },
      )
    if (wentOff && rows.length > 0) await ctx.announce(twoFactorDisabled, {}, { userId })
    return {
      passkeys: rows.length,
      hasNoWayIn: !(await wayInExists(ctx, userId)),
      hasNoSecondFactor: wentOff,
    }
  })

/** Finds out what retiring would do to this user: it is done and rolled back, so that both follow the same code. */
const tryRetiring = async (ctx: Context<System>, whose: Whose): Promise<Retired> => {
  try {
    return await ctx.transaction(async (ctx) => {
      throw new Undone(await retireOf(ctx, whose))
    })
  } catch (error) {
    if (error instanceof Undone) return error.found
    throw error
  }
}

export type Outcome = {
  readonly passkeys: number
  readonly people: number
  readonly withoutWayIn: number
  readonly withoutSecondFactor: number
}

const summed = (all: readonly Retired[]): Outcome => ({
  passkeys: all.reduce((sum, one) => sum + one.passkeys, 0),
  people: all.filter((one) => one.passkeys > 0).length,
  withoutWayIn: all.filter((one) => one.hasNoWayIn).length,
  withoutSecondFactor: all.filter((one) => one.hasNoSecondFactor).length,
})

const overHolders = async (
  ctx: Context<System>,
  host: string,
  work: (ctx: Context<System>, whose: Whose) => Promise<Retired>,
): Promise<Outcome> => {
  const all: Retired[] = []
  for (const userId of await listHolders(ctx.db, host)) all.push(await work(ctx, { userId, host }))
  return summed(all)
}

export const lookAtRetiring = (ctx: Context<System>, host: string): Promise<Outcome> =>
  overHolders(ctx, host, tryRetiring)

/**
 * Removes the passkeys of a former host, one transaction per user: a killed run leaves no half change, and running it again
 * continues.
 */
export const retire = (ctx: Context<System>, host: string): Promise<Outcome> =>
  overHolders(ctx, host, retireOf)
