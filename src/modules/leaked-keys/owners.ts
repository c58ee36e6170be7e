import type { Db } from '@latchkey/kit'
import { ownerOfToken, revokeLeakedToken } from '#modules/access-tokens/api.ts'
import { pages as tokenPages } from '#modules/access-tokens/contract.ts'
import { ownerOfKey, revokeLeakedKey } from '#modules/api-key/api.ts'
import { pages as keyPages } from '#modules/api-key/contract.ts'

/** The kinds of keys that can leak. Each is recognised by prefix and checksum before the database is asked. */
export const kinds = [
  { kind: 'token', page: tokenPages.list, ownerOf: ownerOfToken, revoke: revokeLeakedToken },
  { kind: 'api-key', page: keyPages.apiKey, ownerOf: ownerOfKey, revoke: revokeLeakedKey },
] as const

/** Owner and kind of a working key; null for any other value. */
export const findOwner = async (db: Db, value: string, now: number) => {
  for (const one of kinds) {
    const owner = await one.ownerOf(db, value, now)
    if (owner) return { ...one, owner }
  }
  return null
}
