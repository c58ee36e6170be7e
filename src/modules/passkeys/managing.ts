import { type Context, holding, Refusal, type Rule } from '@latchkey/kit'
import { lockPerson, securityNotice } from '#modules/people/api.ts'
import { confirmSession, endOtherSessions, requireStillSignedIn } from '#modules/sessions/api.ts'
import { requireWayInRemains } from '#modules/sign-in/api.ts'
import {
  dropCodes,
  hasAuthenticator,
  hasCodes,
  prepareCodes,
  saveFirstCodes,
  twoFactorDisabled,
  twoFactorEnabled,
} from '#modules/two-factor/api.ts'
import { pages as factorPages } from '#modules/two-factor/contract.ts'
import { isDuplicate } from '#platform/db/dialect.ts'
import { hasPasskey, hasPasskeyFactor } from './api.ts'
import { ceremonyMs, closeCeremony, openCeremony, relyingParty } from './ceremony.ts'
import { type operations, pages, passkeysMax, refusals } from './contract.ts'
import { passkeyAdded, passkeyRemoved } from './events.ts'
import { providerOf } from './providers.ts'
import { view } from './rules.ts'
import {
  deletePasskey,
  descriptorOf,
  insertPasskey,
  keepHandle,
  listPasskeys,
  lockPasskeys,
  type PasskeyRow,
} from './store.ts'
import { algorithms, verifyRegistration } from './verify.ts'
import { passkeyWay } from './way.ts'
import { webauthn } from './webauthn.ts'

type Ops = typeof operations

const handleBytes = 64

export const begin: Rule<Ops['begin']> = async (ctx) => {
  const { userId, email, name, organisation } = ctx.actor
  const present = await listPasskeys(ctx.db, userId)
  if (present.length >= passkeysMax) throw new Refusal(refusals.too_many)
  // Random, and no part of who they are: it is stored in places nobody controls (WebAuthn §14.6.1).
  const handle = await keepHandle(
    ctx.db,
    userId,
    Buffer.from(ctx.random.bytes(handleBytes)).toString('base64url'),
  )
  const { ceremonyId, challenge } = await openCeremony(ctx, {
    purpose: 'register',
    userId,
    device: null,
  })
  const options = await (await webauthn()).generateRegistrationOptions({
    rpName: organisation.name,
    rpID: relyingParty(ctx).rpId,
    userName: email,
    userDisplayName: name,
    userID: Uint8Array.from(Buffer.from(handle, 'base64url')),
    challenge,
    timeout: ceremonyMs,
    attestationType: 'none',
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: present.map(descriptorOf),
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
  })
  return { ceremonyId, options: { ...options } }
}

export const register: Rule<Ops['register']> = async (ctx, { ceremonyId, response, name }) => {
  const { userId, credentialId } = ctx.actor
  const ceremony = await closeCeremony(ctx, ceremonyId, 'register')
  if (ceremony?.user_id !== userId) throw new Refusal(refusals.not_accepted)
  const { challenge } = ceremony
  const found = await verifyRegistration(response, { challenge, ...relyingParty(ctx) })
  if (!found) throw new Refusal(refusals.not_accepted)
  const prepared = (await hasCodes(ctx, userId)) ? null : await prepareCodes(ctx)
  const at = ctx.now()
  const row: PasskeyRow = {
    id: ctx.random.id('pky'),
    user_id: userId,
    credential_id: found.credential.id,
    public_key: found.credential.publicKey,
    counter: found.credential.counter,
    transports: JSON.stringify(found.credential.transports ?? []),
    rp_id: relyingParty(ctx).rpId,
    aaguid: found.aaguid,
    name: name ?? providerOf(ctx, found.aaguid) ?? 'Passkey',
    backup_eligible: found.credentialDeviceType === 'multiDevice' ? 1 : 0,
    backed_up: found.credentialBackedUp ? 1 : 0,
    created_at: at,
    last_used_at: null,
    verified_at: found.userVerified ? at : null,
    suspected_at: null,
  }
  try {
    return await ctx.transaction(async (ctx) => {
      // One change of factors at a time: what is on and which codes count is decided by what the others left.
      await lockPerson(ctx.db, userId)
      await requireStillSignedIn(ctx)
      if ((await lockPasskeys(ctx.db, userId)).length >= passkeysMax)
        throw new Refusal(refusals.too_many)
      const wasOn =
        (await hasAuthenticator(ctx.db, userId)) || (await hasPasskeyFactor(ctx, userId))
      await insertPasskey(ctx.db, row)
      const letters = await securityNotice(ctx, userId, {
        text: 'passkeys:added',
        page: pages.list,
        values: { what: row.name },
      })
      await ctx.announce(passkeyAdded, { name: row.name }, { target: row.id, letters })
      const recoveryCodes = await saveFirstCodes(ctx, userId, prepared)
      if (!wasOn && row.verified_at !== null) {
        const letters = await securityNotice(ctx, userId, {
          text: 'two-factor:enabled',
          page: factorPages.twoFactor,
        })
        await ctx.announce(twoFactorEnabled, {}, { letters })
        await endOtherSessions(ctx, {
          userId,
          exceptId: credentialId,
          reason: 'two-factor-enabled',
        })
      }
      const output = { passkey: view(ctx, row), recoveryCodes }
      // Made and verified just now: a proof like any other, and the session's value changes with the ways in.
      const session = row.verified_at === null ? null : await confirmSession(ctx, passkeyWay)
      return session ? holding(output, { session }) : output
    })
  } catch (error) {
    // Registered already, here or to somebody else: the answer does not tell which (R12).
    if (isDuplicate(error)) throw new Refusal(refusals.not_accepted)
    throw error
  }
}

/** What follows when passkeys are gone: recovery codes go with the last of them. Whether there is still a second step. */
export const keepsSecondStep = async (
  ctx: Pick<Context, 'db'>,
  userId: string,
): Promise<boolean> => {
  const isOn = (await hasAuthenticator(ctx.db, userId)) || (await hasPasskeyFactor(ctx, userId))
  if (!isOn && !(await hasPasskey(ctx, userId))) await dropCodes(ctx, userId)
  return isOn
}

export const remove: Rule<Ops['remove']> = (ctx, { passkeyId }) =>
  ctx.transaction(async (ctx) => {
    const { userId } = ctx.actor
    await lockPerson(ctx.db, userId)
    await requireStillSignedIn(ctx)
    const present = await lockPasskeys(ctx.db, userId)
    const row = present.find((one) => one.id === passkeyId)
    if (!row) throw new Refusal(refusals.not_found)
    const wasFactor = await hasPasskeyFactor(ctx, userId)
    await deletePasskey(ctx.db, userId, passkeyId)
    const letters = await securityNotice(ctx, userId, {
      text: 'passkeys:removed',
      page: pages.list,
      values: { what: row.name },
    })
    await ctx.announce(passkeyRemoved, { name: row.name }, { target: passkeyId, letters })
    if (!(await keepsSecondStep(ctx, userId)) && wasFactor) {
      const letters = await securityNotice(ctx, userId, {
        text: 'two-factor:disabled',
        page: factorPages.twoFactor,
      })
      await ctx.announce(twoFactorDisabled, {}, { letters })
    }
    await requireWayInRemains(ctx, userId)
    return {}
  })
