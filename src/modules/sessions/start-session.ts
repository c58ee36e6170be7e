import type { Actor, Context, IssuedSecret, IssuedSecrets } from '@latchkey/kit'
import { findPersonById } from '#modules/person/api.ts'
import { readDevice } from '#platform/client/device.ts'
import { locate } from '#platform/client/location.ts'
import { dayMs, hourMs } from '#platform/clock/moment.ts'
import { keyedHash, sha256 } from '#platform/crypto/digest.ts'
import { newSecret } from '#platform/crypto/random.ts'
import { isStrong, type Proof } from '#platform/identity/methods.ts'
import { rememberDevice } from './device-store.ts'
import { sessionSettings } from './settings.ts'
import { insertSession } from './store.ts'

const limits = (
  ctx: Pick<Context, 'config'>,
  keep: boolean,
): { idleMs: number; absoluteMs: number } => {
  const set = ctx.config.read(sessionSettings)
  return keep
    ? { idleMs: set.keptIdleDays * dayMs, absoluteMs: set.keptAbsoluteDays * dayMs }
    : { idleMs: set.idleHours * hourMs, absoluteMs: set.absoluteHours * hourMs }
}

/** A new value of a session's cookie, as the browser is to keep it. */
export const issued = (
  value: string,
  row: { expires_at: number; keep_signed_in_at: number | null },
): IssuedSecret => ({
  value,
  expiresAt: row.keep_signed_in_at === null ? null : row.expires_at,
})

type Start = {
  readonly userId: string
  readonly proofs: readonly [Proof, ...Proof[]]
  readonly keepSignedIn: boolean
}

/** Opens a session for a person who has just proven who they are. `issued` is what the browser is to keep. */
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
    name: null,
  }
  await insertSession(ctx.db, row)
  const device = { value: deviceValue, expiresAt: null }
  return { sessionId: row.id, issued: { session: issued(value, row), device } }
}
