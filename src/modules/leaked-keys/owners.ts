import type { Db } from '@latchkey/kit'
import { ownerOfToken, revokeLeakedToken } from '#modules/access-tokens/api.ts'
import { pages as tokenPages } from '#modules/access-tokens/contract.ts'
import { ownerOfKey, revokeLeakedKey } from '#modules/api-key/api.ts'
import { pages as keyPages } from '#modules/api-key/contract.ts'

/** The kinds of keys somebody can find. Each is recognised by its prefix and checksum before anything is looked up. */
export const kinds = [
  { kind: 'token', page: tokenPages.list, ownerOf: ownerOfToken, revoke: revokeLeakedToken },
  { kind: 'api-key', page: keyPages.apiKey, ownerOf: ownerOfKey, revoke: revokeLeakedKey },
] as const

/** Whose working key this is, and of which kind; null for everything else. */
export const findOwner = async (db: Db, value: string, now: number) => {
  for (const one of kinds) {
    const owner = await one.ownerOf(db, value, now)
    if (owner) return { ...one, owner }
  }
  return null
}
