import type { RecogniseDevice } from '@latchkey/kit'
import { keyedHash } from '#platform/crypto/digest.ts'
import { findDevice } from './device-store.ts'

/**
 * The device this request comes from, when the person has signed in with it before; null otherwise. `isStrong` when they
 * proved a second factor there: the password alone, which an attacker may know too, does not make it one of theirs.
 */
export const recogniseDevice: RecogniseDevice = async (ctx, userId) => {
  const { device } = ctx.actor.client
  if (!device) return null
  const hash = keyedHash(ctx.keys.version('lookup', 1), 'device', device)
  const found = await findDevice(ctx.db, userId, hash)
  return found && { id: found.id, isStrong: found.strong_at !== null }
}
