import { type Context, fieldRefusal, issuing, Refusal, type Rule } from '@latchkey/kit'
import { lockPerson, requireWayInRemains, securityNotice } from '#modules/person/api.ts'
import {
  announceSwitchedOff,
  announceSwitchedOn,
  describeCodes,
  hasCodes,
  keepsSecondStep,
  prepareCodes,
  saveFirstCodes,
} from '#modules/recovery-codes/api.ts'
import { confirmSession, requireStillSignedIn } from '#modules/sessions/api.ts'
import { iso, isoOrNull } from '#platform/clock/moment.ts'
import { isTwoFactorOn, proofBy } from '#platform/identity/methods.ts'
import {
  type Authenticator,
  authenticatorsMax,
  type operations,
  pages,
  refusals,
} from './contract.ts'
import { authenticatorAdded, authenticatorRemoved, authenticatorRenamed } from './events.ts'
import { authenticatorMethod } from './method.ts'
import { reopenCodes } from './rules/codes.ts'
import {
  type AuthenticatorRow,
  confirmSetup,
  deleteAuthenticator,
  deleteAuthenticators,
  deleteSetups,
  findSetup,
  insertAuthenticator,
  listAuthenticators,
  renameAuthenticator,
  setPosition,
} from './store.ts'
import { base32, driftAfter, openSecret, otpUri, sealSecret, secretBytes, stepOf } from './totp.ts'

type Ops = typeof operations

const page = pages.twoFactor

const setupMs = 10 * 60 * 1000
const view = (row: AuthenticatorRow): Authenticator => ({
  id: row.id,
  name: row.name,
  createdAt: iso(row.confirmed_at ?? row.created_at),
  lastUsedAt: isoOrNull(row.last_used_at),
})

export const read: Rule<Ops['read']> = async (ctx) => {
  const { userId } = ctx.actor
  const rows = await listAuthenticators(ctx.db, userId)
  return {
    isOn: await isTwoFactorOn(ctx, userId),
    authenticators: rows.map(view),
    recoveryCodes: await describeCodes(ctx, userId),
  }
}

const requireRoom = async (
  ctx: Context,
  replaced: number,
): Promise<readonly AuthenticatorRow[]> => {
  const rows = await listAuthenticators(ctx.db, ctx.actor.userId)
  if (rows.length - replaced >= authenticatorsMax) throw new Refusal(refusals.too_many)
  return rows
}

export const begin: Rule<Ops['begin']> = async (ctx) => {
  const { userId, email, organisation } = ctx.actor
  await requireRoom(ctx, 1)
  const id = ctx.random.id('otp')
  const secret = ctx.random.bytes(secretBytes)
  const sealed = await sealSecret(ctx, id, secret)
  return ctx.transaction(async (ctx) => {
    const at = ctx.now()
    await deleteSetups(ctx.db, userId)
    await insertAuthenticator(ctx.db, {
      id,
      user_id: userId,
      name: '',
      secret: sealed,
      position: 0,
      last_step: 0,
      drift: 0,
      drift_seen: 0,
      created_at: at,
      confirmed_at: null,
      last_used_at: null,
      setup_expires_at: at + setupMs,
    })
    return {
      setupId: id,
      secret: base32(secret),
      uri: otpUri(secret, organisation.name, email),
      issuer: organisation.name,
      account: email,
      algorithm: 'SHA1' as const,
      digits: 6 as const,
      periodSeconds: 30 as const,
      expiresAt: iso(at + setupMs),
    }
  })
}

const findReplaced = (
  rows: readonly AuthenticatorRow[],
  id: string | undefined,
): AuthenticatorRow | null => {
  if (id === undefined) return null
  const found = rows.find((row) => row.id === id)
  if (!found) throw new Refusal(refusals.not_found)
  return found
}

const removalNotice = (ctx: Context, what: string) =>
  securityNotice(ctx, ctx.actor.userId, { text: 'two-factor:removed', page, values: { what } })

const replaceOld = async (ctx: Context, old: AuthenticatorRow): Promise<void> => {
  const { userId } = ctx.actor
  await deleteAuthenticator(ctx.db, userId, old.id)
  const letters = await removalNotice(ctx, old.name)
  await ctx.announce(authenticatorRemoved, { name: old.name }, { target: old.id, letters })
  await requireWayInRemains(ctx, userId)
}

export const confirm: Rule<Ops['confirm']> = async (ctx, { setupId, code, name, replaces }) => {
  const { userId, credentialId } = ctx.actor
  const setup = await findSetup(ctx.db, { userId, id: setupId }, ctx.now())
  if (!setup) throw new Refusal(refusals.not_found)
  const step = stepOf(await openSecret(ctx, setup), code, ctx.now())
  if (step === null) throw fieldRefusal(refusals.code_wrong, '/code')
  const prepared = (await hasCodes(ctx, userId)) ? null : await prepareCodes(ctx)
  return ctx.transaction(async (ctx) => {
    // One change of factors at a time: the remaining factors decide what is on and which codes count.
    await lockPerson(ctx.db, userId)
    await requireStillSignedIn(ctx)
    const rows = await requireRoom(ctx, replaces === undefined ? 0 : 1)
    const wasOn = await isTwoFactorOn(ctx, userId)
    const old = findReplaced(rows, replaces)
    const position = old?.position ?? (rows.at(-1)?.position ?? 0) + 1
    const at = ctx.now()
    const { drift_seen } = driftAfter(setup, step, at)
    const added = { id: setupId, name, position, last_step: step, drift_seen, at }
    if (!(await confirmSetup(ctx.db, added))) throw new Refusal(refusals.not_found)
    const notice = { text: 'two-factor:added', page, values: { what: name } }
    const letters = await securityNotice(ctx, userId, notice)
    await ctx.announce(authenticatorAdded, { name }, { target: setupId, letters })
    if (old) await replaceOld(ctx, old)
    await reopenCodes(ctx)
    const recoveryCodes = await saveFirstCodes(ctx, userId, prepared)
    if (!wasOn) await announceSwitchedOn(ctx, { userId, exceptId: credentialId })
    // The code was a proof, so this session needs no other one yet; its cookie value changes with the factors.
    const session = await confirmSession(ctx, proofBy(authenticatorMethod))
    const row = { ...setup, name, confirmed_at: ctx.now(), last_used_at: ctx.now() }
    const output = { authenticator: view(row), recoveryCodes }
    return session ? issuing(output, { session }) : output
  })
}

export const rename: Rule<Ops['rename']> = (ctx, { authenticatorId, name }) =>
  ctx.transaction(async (ctx) => {
    const row = await renameAuthenticator(
      ctx.db,
      { userId: ctx.actor.userId, id: authenticatorId },
      name,
    )
    if (!row) throw new Refusal(refusals.not_found)
    await ctx.announce(authenticatorRenamed, { name }, { target: row.id })
    return view(row)
  })

export const reorder: Rule<Ops['reorder']> = (ctx, { authenticatorIds }) =>
  ctx.transaction(async (ctx) => {
    const { userId } = ctx.actor
    const present = (await listAuthenticators(ctx.db, userId)).map((row) => row.id).sort()
    if (
      present.join() !== [...new Set(authenticatorIds)].sort().join() ||
      present.length !== authenticatorIds.length
    )
      throw new Refusal(refusals.order_stale)
    for (const [index, id] of authenticatorIds.entries())
      await setPosition(ctx.db, { userId, id }, index + 1)
    return {}
  })

/** What follows when apps are gone. */
const afterRemoval = async (ctx: Context): Promise<void> => {
  const { userId } = ctx.actor
  await requireWayInRemains(ctx, userId)
  if (!(await keepsSecondStep(ctx, userId))) await announceSwitchedOff(ctx, userId)
}

export const remove: Rule<Ops['remove']> = (ctx, { authenticatorId }) =>
  ctx.transaction(async (ctx) => {
    await lockPerson(ctx.db, ctx.actor.userId)
    await requireStillSignedIn(ctx)
    const removed = await deleteAuthenticator(ctx.db, ctx.actor.userId, authenticatorId)
    if (!removed) throw new Refusal(refusals.not_found)
    const letters = await removalNotice(ctx, removed.name)
    await ctx.announce(
      authenticatorRemoved,
      { name: removed.name },
      { target: authenticatorId, letters },
    )
    await afterRemoval(ctx)
    return {}
  })

export const disable: Rule<Ops['disable']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    await lockPerson(ctx.db, ctx.actor.userId)
    await requireStillSignedIn(ctx)
    const rows = await listAuthenticators(ctx.db, ctx.actor.userId)
    await deleteAuthenticators(ctx.db, ctx.actor.userId)
    // One letter for all apps: the user has to be told which were removed, even if a passkey keeps the second step on.
    const what = rows.map((row) => row.name).join('”, “')
    for (const [index, row] of rows.entries()) {
      const letters = index === 0 ? await removalNotice(ctx, what) : []
      await ctx.announce(authenticatorRemoved, { name: row.name }, { target: row.id, letters })
    }
    if (rows.length > 0) await afterRemoval(ctx)
    return { removed: rows.length }
  })
