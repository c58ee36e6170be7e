import { type Actor, type Context, issuing, Refusal, type Rule } from '@latchkey/kit'
import { lockPerson } from '#modules/person/api.ts'
import { completeSignIn } from '#modules/sessions/api.ts'
import { iso, isoOrNull } from '#platform/clock/moment.ts'
import { newSecret } from '#platform/crypto/random.ts'
import { ceremonyMs, closeCeremony, openCeremony, relyingParty } from './ceremony.ts'
import { type operations, type Passkey, refusals } from './contract.ts'
import { passkeyRenamed } from './events.ts'
import { noteRefused } from './note-refused.ts'
import { hasProviderIcon, providerIcon, providerOf } from './providers.ts'
import {
  findByCredentialId,
  findByHandle,
  findHandle,
  listPasskeys,
  noteUse,
  type PasskeyRow,
  renamePasskey,
} from './store.ts'
import { verifyAssertion } from './verify.ts'
import { webauthn } from './webauthn.ts'

type Ops = typeof operations

const iconsOf = (ctx: Pick<Context, 'config'>, { aaguid }: PasskeyRow): Passkey['providerIcon'] => {
  if (!hasProviderIcon(ctx, aaguid)) return null
  const folder = `/api/v1/passkey-providers/${aaguid}/icons`
  return { light: `${folder}/light`, dark: `${folder}/dark` }
}

export const view = (ctx: Pick<Context, 'config'>, row: PasskeyRow): Passkey => ({
  id: row.id,
  name: row.name,
  provider: providerOf(ctx, row.aaguid),
  providerIcon: iconsOf(ctx, row),
  isSynced: row.backed_up === 1,
  createdAt: iso(row.created_at),
  lastUsedAt: isoOrNull(row.last_used_at),
  verifiedAt: isoOrNull(row.verified_at),
  suspectedAt: isoOrNull(row.suspected_at),
})

export const list: Rule<Ops['list']> = async (ctx) => {
  const { userId, email, name } = ctx.actor
  const rows = await listPasskeys(ctx.db, userId)
  return {
    passkeys: rows.map((row) => view(ctx, row)),
    signals: {
      rpId: relyingParty(ctx).rpId,
      userHandle: await findHandle(ctx.db, userId),
      credentialIds: rows.map((row) => row.credential_id),
      name: email,
      displayName: name,
    },
  }
}

export const rename: Rule<Ops['rename']> = (ctx, { passkeyId, name }) =>
  ctx.transaction(async (ctx) => {
    const row = await renamePasskey(ctx.db, { userId: ctx.actor.userId, id: passkeyId }, name)
    if (!row) throw new Refusal(refusals.not_found)
    await ctx.announce(passkeyRenamed, { name }, { target: row.id })
    return view(ctx, row)
  })

export const readProviderIcon: Rule<Ops['readProviderIcon']> = async (ctx, { aaguid, scheme }) => {
  const icon = providerIcon(ctx, aaguid, scheme)
  if (!icon) throw new Refusal(refusals.icon_not_found)
  return icon
}

/** Sends no list of credentials: the browser offers its own, and no caller learns who has an account (WebAuthn §14.6.2). */
export const signInOptions: Rule<Ops['signInOptions']> = async (ctx) => {
  const device = ctx.actor.client.device ?? newSecret(ctx.random)
  const visitor: Context<Actor> = { ...ctx, actor: { kind: 'visitor', client: ctx.actor.client } }
  const { ceremonyId, challenge } = await openCeremony(visitor, {
    purpose: 'sign-in',
    userId: null,
    device,
  })
  const options = await (await webauthn()).generateAuthenticationOptions({
    rpID: relyingParty(ctx).rpId,
    challenge,
    timeout: ceremonyMs,
    userVerification: 'preferred',
  })
  return issuing(
    { ceremonyId, options: { ...options } },
    { device: { value: device, expiresAt: null } },
  )
}

const fail = async (
  ctx: Context<Actor>,
  row: PasskeyRow,
  reason: 'counter' | 'signature' | 'owner',
): Promise<never> => {
  await noteRefused(ctx, row, reason)
  throw new Refusal(refusals.failed)
}

/** WebAuthn §7.2 for a user not known beforehand: the handle must name the owner of the credential (S3). */
export const signIn: Rule<Ops['signIn']> = async (ctx, { ceremonyId, response, keepSignedIn }) => {
  const visitor: Context<Actor> = { ...ctx, actor: { kind: 'visitor', client: ctx.actor.client } }
  const ceremony = await closeCeremony(visitor, ceremonyId, 'sign-in')
  if (!ceremony) throw new Refusal(refusals.failed)
  const row = await findByCredentialId(ctx.db, response.id)
  if (!row) throw new Refusal(refusals.unknown)
  const handle = response.response.userHandle
  if (!handle || (await findByHandle(ctx.db, handle)) !== row.user_id)
    return fail(ctx, row, 'owner')
  const verified = await verifyAssertion(row, response, {
    challenge: ceremony.challenge,
    ...relyingParty(ctx),
  })
  if (typeof verified === 'string') return fail(ctx, row, verified)
  const signed = await ctx.transaction(async (ctx) => {
    // A disabling, a removal or a recovery may have followed the proof, and the session would carry the new epoch.
    const { disabled_at } = await lockPerson(ctx.db, row.user_id)
    const use = { counter: verified.counter, backed_up: verified.backedUp ? 1 : 0, at: ctx.now() }
    if (disabled_at !== null || !(await noteUse(ctx.db, row, use))) return null
    // Presence alone is one factor: the password or a code has to be the other. The same holds the first time a passkey
    // verifies its person; with the other factor beside it, it is trusted to from then on (S9).
    const isTrusted = row.verified_at !== null
    const proof = { method: 'passkey', isSecondFactor: verified.userVerified }
    const raising = verified.userVerified && !isTrusted ? { raises: row.id } : {}
    return completeSignIn(ctx, {
      userId: row.user_id,
      proofs: [{ ...proof, ...raising }],
      isComplete: verified.userVerified && isTrusted,
      keepSignedIn,
    })
  })
  return signed ?? fail(ctx, row, 'owner')
}
