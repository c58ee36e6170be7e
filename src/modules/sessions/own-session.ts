import { type Actor, type Context, type IssuedSecret, Refusal } from '@latchkey/kit'
import { findPersonById } from '#modules/person/api.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { newSecret } from '#platform/crypto/random.ts'
import { isStrong, type Proof } from '#platform/identity/methods.ts'
import { refusals } from '#platform/refusals.ts'
import { markDeviceStrong } from './device-store.ts'
import { issued } from './start-session.ts'
import { endSession, endSessions, listUsable, rotateSession } from './store.ts'

/** Ends the session this request came with, if it came with one. */
export const endOwnSession = async (ctx: Context<Actor>, reason: string): Promise<boolean> => {
  if (ctx.actor.kind !== 'session') return false
  const { userId, credentialId } = ctx.actor
  return (
    (await endSession(ctx.db, { userId, id: credentialId }, { at: ctx.now(), reason })) !==
    undefined
  )
}

/** Ends every session of a person except `exceptId`. Called by name wherever a credential changes. */
export const endOtherSessions = (
  ctx: Pick<Context<Actor>, 'db' | 'now'>,
  which: { readonly userId: string; readonly exceptId: string | null; readonly reason: string },
): Promise<number> => endSessions(ctx.db, which, { at: ctx.now(), reason: which.reason })

/**
 * Notes a fresh proof and hands out a new cookie value. Null when another request of this session did so at the same
 * moment: that one carries the new value, and this one must not carry a second.
 */
export const confirmSession = async (ctx: Context, proof: Proof): Promise<IssuedSecret | null> => {
  const value = newSecret(ctx.random)
  const { assurance, credentialId } = ctx.actor
  const row = await rotateSession(
    ctx.db,
    { id: credentialId, seenAt: assurance.authenticatedAt },
    {
      token_hash: sha256(value),
      authenticated_at: ctx.now(),
      active_at: ctx.now(),
      modified_at: ctx.now(),
      ...(isStrong([proof]) ? { strong_at: ctx.now() } : {}),
      proven: JSON.stringify([...new Set([...assurance.methods, proof.method])]),
    },
  )
  if (row?.device_id && isStrong([proof])) await markDeviceStrong(ctx.db, row.device_id, ctx.now())
  return row ? issued(value, row) : null
}

/** A new cookie value for this session, e.g. after the password changed. `epoch` follows the person's. */
export const renewSession = async (ctx: Context, method: string): Promise<IssuedSecret | null> => {
  const value = newSecret(ctx.random)
  const person = await findPersonById(ctx.db, ctx.actor.userId)
  const row = await rotateSession(
    ctx.db,
    { id: ctx.actor.credentialId, seenAt: null },
    {
      token_hash: sha256(value),
      authenticated_at: ctx.now(),
      active_at: ctx.now(),
      modified_at: ctx.now(),
      proven: JSON.stringify([...new Set([...ctx.actor.assurance.methods, method])]),
      credential_epoch: person?.credential_epoch ?? 0,
    },
  )
  return row ? issued(value, row) : null
}

/**
 * For results that outlive the session: a recovery, a new password or a disabling may have overtaken the request since it
 * was admitted, and would not end what it creates. Called once the person's row is locked.
 */
export const requireStillSignedIn = async (ctx: Context): Promise<void> => {
  const { kind, credentialId } = ctx.actor
  if (kind !== 'session') return
  const usable = await listUsable(ctx.db, [credentialId], ctx.now())
  if (!usable.has(credentialId)) throw new Refusal(refusals.sign_in_required)
}
