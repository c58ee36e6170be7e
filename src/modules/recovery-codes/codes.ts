import type { Actor, Context } from '@latchkey/kit'
import { securityNotice } from '#modules/person/api.ts'
import { iso, isoOrNull } from '#platform/clock/moment.ts'
import { hashCode, verifyPassword } from '#platform/crypto/password-hash.ts'
import { factorsPage } from './contract.ts'
import { codesIssued, codesSaved, codeUsed } from './events.ts'
import {
  countUnusedCodes,
  deleteCodes,
  findCodeSet,
  findUnusedCode,
  markKept,
  markSaved,
  replaceCodes,
  spendCodeRow,
} from './store.ts'

export const codesTotal = 10
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz0'

/** 16 characters of 5 bits: 80 bits each, in groups people can type. */
const newCode = (random: Context['random'], number: number): string => {
  const letters = Array.from(random.bytes(16), (byte) => alphabet[byte & 31]).join('')
  return `${number}-${letters.match(/.{4}/g)?.join('-') ?? ''}`
}

/**
 * As typed: any case, with or without dashes and blanks; `1-…` names which code it is. No code holds an o, an i or an l, so
 * a user who reads one from paper has read a 0 or a 1.
 */
const parse = (typed: string): { number: number; secret: string } | null => {
  const clean = typed
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replace(/o/g, '0')
    .replace(/[il]/g, '1')
  const secret = clean.slice(-16)
  const number = Number(clean.slice(0, -16))
  return secret.length === 16 && Number.isInteger(number) && number >= 1 && number <= codesTotal
    ? { number, secret }
    : null
}

export type PreparedCodes = {
  readonly codes: readonly string[]
  readonly stored: readonly {
    readonly number: number
    readonly phc: string
    readonly pepperVersion: number
  }[]
}

/** Takes ten slow hashes, half a second: called before a transaction, never in one. */
export const prepareCodes = async (
  ctx: Pick<Context, 'keys' | 'random' | 'config'>,
): Promise<PreparedCodes> => {
  const codes = Array.from({ length: codesTotal }, (_, index) => newCode(ctx.random, index + 1))
  const stored = await Promise.all(
    codes.map(async (code, index) => ({
      number: index + 1,
      ...(await hashCode(ctx, parse(code)?.secret ?? '')),
    })),
  )
  return { codes, stored }
}

export const saveCodes = async (
  ctx: Pick<Context, 'db' | 'now' | 'announce' | 'config' | 'actor' | 'catalogue'>,
  userId: string,
  prepared: PreparedCodes,
): Promise<readonly string[]> => {
  await replaceCodes(ctx.db, userId, { codes: prepared.stored, at: ctx.now() })
  const letters = await securityNotice(ctx, userId, {
    text: 'two-factor:codes',
    page: factorsPage,
  })
  await ctx.announce(codesIssued, { count: codesTotal }, { userId, letters })
  return prepared.codes
}

export const hasCodes = async (ctx: Pick<Context, 'db'>, userId: string): Promise<boolean> =>
  (await findCodeSet(ctx.db, userId)) !== undefined

/** The codes that come with a first factor; none when another factor, added at the same moment, brought some. */
export const saveFirstCodes = async (
  ctx: Parameters<typeof saveCodes>[0],
  userId: string,
  prepared: PreparedCodes | null,
): Promise<string[] | null> =>
  prepared === null || (await hasCodes(ctx, userId))
    ? null
    : [...(await saveCodes(ctx, userId, prepared))]

/** What a person may see of their codes; null when they have none. */
export const describeCodes = async (ctx: Pick<Context, 'db'>, userId: string) => {
  const set = await findCodeSet(ctx.db, userId)
  return set
    ? {
        total: codesTotal,
        remaining: await countUnusedCodes(ctx.db, userId),
        createdAt: iso(set.created_at),
        savedAt: isoOrNull(set.saved_at),
      }
    : null
}

/** The user typed one back, which shows that the codes were saved. Called in a transaction. */
export const acknowledge = async (ctx: Context): Promise<void> => {
  await markSaved(ctx.db, ctx.actor.userId, ctx.now())
  await ctx.announce(codesSaved, {})
}

export const dropCodes = (ctx: Pick<Context, 'db'>, userId: string): Promise<void> =>
  deleteCodes(ctx.db, userId)

type Checked = { readonly userId: string; readonly number: number; readonly phc: string }

/** One slow hash for any input, so that a code that does not exist takes as long as a wrong one. */
export const checkCode = async (
  ctx: Pick<Context, 'db' | 'keys' | 'config'>,
  userId: string,
  typed: string,
): Promise<Checked | null> => {
  const parsed = parse(typed)
  const row = parsed ? await findUnusedCode(ctx.db, userId, parsed.number) : undefined
  const stored = row ? { phc: row.phc, pepperVersion: row.pepper_version } : null
  const { right } = await verifyPassword(ctx, stored, parsed?.secret ?? typed)
  return right && parsed && row ? { userId, number: parsed.number, phc: row.phc } : null
}

const warnAt = 3

/** Checks and consumes a code. Tells the user, and warns when few are left. */
export const spendCode = async (
  ctx: Context<Actor>,
  userId: string,
  typed: string,
): Promise<boolean> => {
  const checked = await checkCode(ctx, userId, typed)
  if (!checked) return false
  return ctx.transaction(async (ctx) => {
    if (!(await spendCodeRow(ctx.db, checked, ctx.now()))) return false
    await markKept(ctx.db, userId, ctx.now())
    const remaining = await countUnusedCodes(ctx.db, userId)
    const text = remaining <= warnAt ? 'two-factor:low' : 'two-factor:used'
    const letters = await securityNotice(ctx, userId, {
      text,
      page: factorsPage,
      values: { remaining: String(remaining) },
    })
    await ctx.announce(codeUsed, { remaining }, { userId, letters })
    return true
  })
}
