import type { Authenticator } from '@latchkey/kit'
import { holderOf } from '#modules/person/api.ts'
import { noteLater } from '#platform/activity-notes/notes.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { hasKeyForm } from '#platform/crypto/key-format.ts'
import { dueNote, noAssurance } from '#platform/identity/key-use.ts'
import { remembered } from '#platform/remembered.ts'
import { findByTokenHash, noteUse } from './store.ts'

export const tokenPrefix = 'cfp_'

/** One entry for each combination of scopes in use; users choose few. */
const scopesOf = remembered(
  500,
  (json: string): ReadonlySet<string> => new Set(JSON.parse(json) as string[]),
)

/** Access token → person. Expiry is compared here, when read: nothing depends on a clean-up job (attack A78). */
export const accessToken: Authenticator = {
  carriers: ['bearer'],
  prefix: tokenPrefix,
  find: async ({ db, now }, { value }, client) => {
    if (!hasKeyForm(value, tokenPrefix)) return null
    const [row] = await findByTokenHash(db, sha256(value))
    if (!row || row.disabled_at !== null) return null
    if (row.expires_at !== null && row.expires_at <= now) return null
    const use = dueNote(row.last_used_at, now, client)
    if (use)
      noteLater(db, {
        ...{ of: `access_tokens ${row.id}`, at: now },
        write: (db) => noteUse(db, row.id, now, use.address, use.agent, use.notedBefore),
      })
    return {
      kind: 'token',
      ...holderOf(row),
      scopes: scopesOf(row.scopes),
      credentialId: row.id,
      expiresAt: row.expires_at,
      assurance: noAssurance,
    }
  },
}
