import {
  type Actor,
  type Context,
  type IssuedSecret,
  type IssuedSecrets,
  Refusal,
} from '@latchkey/kit'
import { findPersonById } from '#modules/people/api.ts'
import { readDevice } from '#platform/client/device.ts'
import { locate } from '#platform/client/location.ts'
import { dayMs, hourMs } from '#platform/clock/moment.ts'
import { keyedHash, sha256 } from '#platform/crypto/digest.ts'
import { newSecret } from '#platform/crypto/random.ts'
import type { Proof } from '#platform/identity/methods.ts'
import { refusals } from '#platform/refusals.ts'
import { sessionSettings } from './settings.ts'
import {
  endSession,
  endSessions,
  findDevice,
  insertSession,
  listUsable,
  markDeviceStrong,
  rememberDevice,
  rotateSession,
} from './store.ts'

export { endPending, endPendingOf, findPending, insertPending, takeTry } from './pending.ts'
export { forgetStrongDevices, listDevices } from './store.ts'

const limits = (
  ctx: Pick<Context, 'config'>,
  keep: boolean,
): { idleMs: number; absoluteMs: number } => {
  const set = ctx.config.read(sessionSettings)
  return keep
    ? { idleMs: set.keptIdleDays * dayMs, absoluteMs: set.keptAbsoluteDays * dayMs }
    : { idleMs: set.idleHours * hourMs, absoluteMs: set.absoluteHours * hourMs }
}

const issued = (
  value: string,
  row: { expires_at: number; keep_signed_in_at: number | null },
): IssuedSecret => ({
  value,
  expiresAt: row.keep_signed_in_at === null ? null : row.expires_at,
})

const isStrong = (proofs: readonly Proof[]): boolean =>
  proofs.some((proof) => proof.isSecondFactor || proof.isSpare)

type Start = {
  readonly userId: string
  readonly proofs: readonly [Proof, ...Proof[]]
  readonly keepSignedIn: boolean
}

/** Opens a session for somebody who has just proven who they are. `held` is what the browser is to keep. */
export const startSession = async (
  ctx: Context<Actor>,
  { userId, proofs, keepSignedIn }: Start,
): Promise<{ readonly sessionId: string; readonly issued: IssuedSecrets }> => {
  const { client } = ctx.actor
  const at = ctx.now()
  const person = await findPersonById(ctx.db, userId)
  const { type, model, os, osVersion, engine, architecture, browser, browserVersion } = readDevice(
    client.userAgent,
    client.hints,
  )
  const place = await locate(client.address)
  const { idleMs, absoluteMs } = limits(ctx, keepSignedIn)
  const value = newSecret(ctx.random)
  const deviceValue = client.device ?? newSecret(ctx.random)
  const deviceId = await rememberDevice(ctx.db, {
    id: ctx.random.id('dev'),
    user_id: userId,
    device_hash: keyedHash(ctx.keys.version('lookup', 1), 'device', deviceValue),
    first_seen_at: at,
    last_seen_at: at,
    strong_at: isStrong(proofs) ? at : null,
  })
  const row = {
    id: ctx.random.id('ses'),
    user_id: userId,
    token_hash: sha256(value),
    credential_epoch: person?.credential_epoch ?? 0,
    method: proofs[0].method,
    proven: JSON.stringify(proofs.map((proof) => proof.method)),
    keep_signed_in_at: keepSignedIn ? at : null,
    created_at: at,
    authenticated_at: at,
    strong_at: isStrong(proofs) ? at : 0,
    active_at: at,
    modified_at: at,
    idle_ms: idleMs,
    expires_at: at + absoluteMs,
    ended_at: null,
    end_reason: null,
    device_id: deviceId,
    address: client.address,
    country: place.countryCode,
    city: place.city,
    location_kind: place.kind,
    user_agent: client.userAgent,
    browser,
    browser_version: browserVersion,
    os,
    os_version: osVersion,
    device_model: model,
    device_type: type,
    engine,
    architecture,
  }
  await insertSession(ctx.db, row)
  const device = { value: deviceValue, expiresAt: null }
  return { sessionId: row.id, issued: { session: issued(value, row), device } }
}

/**
 * The device this request comes from, when the person has signed in with it before; null otherwise. `isStrong` when they
 * proved a second factor there: the password alone, which somebody else may know too, does not make it one of theirs.
 */
export const recognisedDevice = async (
  ctx: Pick<Context<Actor>, 'db' | 'keys' | 'actor'>,
  userId: string,
): Promise<{ readonly id: string; readonly isStrong: boolean } | null> => {
  const { device } = ctx.actor.client
  if (!device) return null
  const hash = keyedHash(ctx.keys.version('lookup', 1), 'device', device)
  const found = await findDevice(ctx.db, userId, hash)
  return found && { id: found.id, isStrong: found.strong_at !== null }
}

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
 * For what is to outlive the session: a recovery, a new password or a disabling may have overtaken the request since it
 * was let in, and what it makes would be the one thing they did not end. To be asked once the person's row is locked.
 */
export const requireStillSignedIn = async (ctx: Context): Promise<void> => {
  const { kind, credentialId } = ctx.actor
  if (kind !== 'session') return
  const usable = await listUsable(ctx.db, [credentialId], ctx.now())
  if (!usable.has(credentialId)) throw new Refusal(refusals.sign_in_required)
}
