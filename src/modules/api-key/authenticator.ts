import type { Authenticator, Presented } from '@latchkey/kit'
import { holderOf } from '#modules/person/api.ts'
import { noteLater } from '#platform/activity-notes/notes.ts'
import { sameText, sha256 } from '#platform/crypto/digest.ts'
import { hasKeyForm } from '#platform/crypto/key-format.ts'
import { canonicalEmail } from '#platform/identity/canonical-email.ts'
import { dueNote, noAssurance } from '#platform/identity/key-use.ts'
import { findByKeyHash, noteUse } from './store.ts'

export const keyPrefix = 'cfk_'
/** Full REST access as the owner: the rights of a token with this scope, and no more. */
const scopes: ReadonlySet<string> = new Set(['api:full'])

/** With Basic the address has to be the owner's, in any spelling that signs them in (RFC 7617 §2). */
const namesHolder = ({ carrier, name }: Presented, email: string): boolean =>
  carrier !== 'basic' || sameText(canonicalEmail(name ?? '') ?? '', email)

/** API key → person. The end of a replaced key is compared here, when read: nothing depends on a clean-up job. */
export const apiKey: Authenticator = {
  carriers: ['bearer', 'basic'],
  prefix: keyPrefix,
  find: async ({ db, now }, presented, client) => {
    const { value } = presented
    if (!hasKeyForm(value, keyPrefix)) return null
    const [row] = await findByKeyHash(db, sha256(value))
    if (!row || row.disabled_at !== null) return null
    if (row.ends_at !== null && row.ends_at <= now) return null
    if (!namesHolder(presented, row.email)) return null
    const use = dueNote(row.last_used_at, now, client)
    if (use)
      noteLater(db, {
        ...{ of: `api_keys ${row.id}`, at: now },
        write: (db) => noteUse(db, row.id, now, use.address, use.agent, use.notedBefore),
      })
    return {
      kind: 'api-key',
      ...holderOf(row),
      scopes,
      credentialId: row.id,
      expiresAt: row.ends_at,
      assurance: noAssurance,
    }
  },
}
