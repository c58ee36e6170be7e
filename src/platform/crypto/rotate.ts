import type { Context, System } from '@latchkey/kit'
import { lockInTransaction } from '../db/dialect.ts'
import { rewrapDataKeys } from './envelope.ts'
import {
  addKeyVersions,
  type KeyRing,
  keyFilePath,
  type Rotatable,
  readKeyFile,
} from './key-file.ts'

const rotationLock = 2

/**
 * Adds versions to the key file and wraps the data keys with the newest, in the caller's transaction. The file is on
 * disk before a row needs it; a crash in between leaves a version nothing uses yet. Two at once come one after the other.
 */
export const rotateKeys = async (
  ctx: Context<System>,
  dataDir: string,
  which: readonly Rotatable[],
): Promise<{ readonly keys: KeyRing; readonly wrapped: number }> => {
  await lockInTransaction(ctx.db, rotationLock)
  addKeyVersions(dataDir, which)
  const keys = readKeyFile(keyFilePath(dataDir))
  return { keys, wrapped: await rewrapDataKeys({ ...ctx, keys }) }
}
