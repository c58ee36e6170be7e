import { type Context, issuing, Refusal, type Rule } from '@latchkey/kit'
import { lockPerson, requireWayInRemains, securityNotice } from '#modules/person/api.ts'
import {
  announceSwitchedOff,
  announceSwitchedOn,
  hasCodes,
  keepsSecondStep,
  prepareCodes,
  saveFirstCodes,
} from '#modules/recovery-codes/api.ts'
import { confirmSession, requireStillSignedIn } from '#modules/sessions/api.ts'
import { isDuplicate } from '#platform/db/dialect.ts'
import { isTwoFactorOn, proofBy } from '#platform/identity/methods.ts'
import { ceremonyMs, closeCeremony, openCeremony, relyingParty } from '../ceremony.ts'
import { type operations, pages, passkeysMax, refusals } from '../contract.ts'
import { passkeyAdded, passkeyRemoved } from '../events.ts'
import { passkeyMethod } from '../method.ts'
import { providerOf } from '../providers.ts'
import { view } from '../rules.ts'
import {
  deletePasskey,
  descriptorOf,
  hasVerifiedPasskey,
  insertPasskey,
  keepHandle,
  listPasskeys,
  lockPasskeys,
  type PasskeyRow,
} from '../store.ts'
import { algorithms, verifyRegistration } from '../verify.ts'
import { webauthn } from '../webauthn.ts'

type Ops = typeof operations

const handleBytes = 64

export const begin: Rule<Ops['begin']> = async (ctx) => {
  const { userId, email, name, organisation } = ctx.actor
  const present = await listPasskeys(ctx.db, userId)
  if (present.length >= passkeysMax) throw new Refusal(refusals.too_many)
  // Random and without personal data: authenticators store it outside our control (WebAuthn §14.6.1).
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

type Found = NonNullable<Awaited<ReturnType<typeof verifyRegistration>>>
type Prepared = Awaited<ReturnType<typeof prepareCodes>> | null

const rowOf = (ctx: Context, found: Found, name: string | undefined): PasskeyRow => {
  const { credential, aaguid, credentialDeviceType, credentialBackedUp, userVerified } = found
  const at = ctx.now()
  return {
    id: ctx.random.id('pky'),
    user_id: ctx.actor.userId,
    credential_id: credential.id,
    public_key: credential.publicKey,
    counter: credential.counter,
    transports: JSON.stringify(credential.transports ?? []),
    rp_id: relyingParty(ctx).rpId,
    aaguid,
    name: name ?? providerOf(ctx, aaguid) ?? 'Passkey',
    backup_eligible: credentialDeviceType === 'multiDevice' ? 1 : 0,
    backed_up: credentialBackedUp ? 1 : 0,
    created_at: at,
    last_used_at: null,
    verified_at: userVerified ? at : null,
    suspected_at: null,
  }
}

/** In a transaction, with the person locked. Returns the recovery codes that come with a first factor. */
const addPasskey = async (ctx: Context, row: PasskeyRow, prepared: Prepared) => {
  const { userId, credentialId } = ctx.actor
  if ((await lockPasskeys(ctx.db, userId)).length >= passkeysMax)
    throw new Refusal(refusals.too_many)
  const wasOn = await isTwoFactorOn(ctx, userId)
  await insertPasskey(ctx.db, row)
  const letters = await securityNotice(ctx, userId, {
    text: 'passkeys:added',
    page: pages.list,
    values: { what: row.name },
  })
  await ctx.announce(passkeyAdded, { name: row.name }, { target: row.id, letters })
  const recoveryCodes = await saveFirstCodes(ctx, userId, prepared)
  if (!wasOn && row.verified_at !== null)
    await announceSwitchedOn(ctx, { userId, exceptId: credentialId })
  return recoveryCodes
}

export const register: Rule<Ops['register']> = async (ctx, { ceremonyId, response, name }) => {
  const { userId } = ctx.actor
  const ceremony = await closeCeremony(ctx, ceremonyId, 'register')
  if (ceremony?.user_id !== userId) throw new Refusal(refusals.not_accepted)
  const { challenge } = ceremony
  const found = await verifyRegistration(response, { challenge, ...relyingParty(ctx) })
  if (!found) throw new Refusal(refusals.not_accepted)
  const prepared = (await hasCodes(ctx, userId)) ? null : await prepareCodes(ctx)
  const row = rowOf(ctx, found, name)
  try {
    return await ctx.transaction(async (ctx) => {
      // One change of factors at a time: the remaining factors decide what is on and which codes count.
      await lockPerson(ctx.db, userId)
      await requireStillSignedIn(ctx)
      const recoveryCodes = await addPasskey(ctx, row, prepared)
      const output = { passkey: view(ctx, row), recoveryCodes }
      // Registered and verified just now, it is a proof like any other; the session's value changes with the methods.
      const session =
        row.verified_at === null ? null : await confirmSession(ctx, proofBy(passkeyMethod))
      return session ? issuing(output, { session }) : output
    })
  } catch (error) {
    // Registered already, for this user or another one: the answer does not reveal which (R12).
    if (isDuplicate(error)) throw new Refusal(refusals.not_accepted)
    throw error
  }
}

export const remove: Rule<Ops['remove']> = (ctx, { passkeyId }) =>
  ctx.transaction(async (ctx) => {
    const { userId } = ctx.actor
    await lockPerson(ctx.db, userId)
    await requireStillSignedIn(ctx)
    const present = await lockPasskeys(ctx.db, userId)
    const row = present.find((one) => one.id === passkeyId)
    if (!row) throw new Refusal(refusals.not_found)
    const wasFactor = await hasVerifiedPasskey(ctx.db, userId)
    await deletePasskey(ctx.db, userId, passkeyId)
    const letters = await securityNotice(ctx, userId, {
      text: 'passkeys:removed',
      page: pages.list,
      values: { what: row.name },
    })
    await ctx.announce(passkeyRemoved, { name: row.name }, { target: passkeyId, letters })
    if (!(await keepsSecondStep(ctx, userId)) && wasFactor) await announceSwitchedOff(ctx, userId)
    await requireWayInRemains(ctx, userId)
    return {}
  })
