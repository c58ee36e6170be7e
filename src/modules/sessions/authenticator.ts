import type { Authenticator } from '@latchkey/kit'
import { holderOf } from '#modules/person/api.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { remembered } from '#platform/remembered.ts'
import { findByTokenHash, touchSession } from './store.ts'

const touchEveryMs = 60_000

/** One entry for each combination of sign-in methods. */
const provenList = remembered(500, (json: string): readonly string[] =>
  Object.freeze(JSON.parse(json) as string[]),
)

/** Session cookie → person. Every limit is compared here, when read: nothing depends on a clean-up job. */
export const sessionCookie: Authenticator = {
  carriers: ['session-cookie'],
  find: async ({ db, now }, { value }) => {
    const [row] = await findByTokenHash(db, sha256(value))
    if (!row || row.disabled_at !== null || row.credential_epoch !== row.person_epoch) return null
    if (row.expires_at <= now || row.active_at + row.idle_ms <= now) return null
    if (row.active_at < now - touchEveryMs) {
      // Not awaited: a lost record of activity costs a minute of idle time, a wait for the write costs every request.
      touchSession(db, row.id, { at: now, notedBefore: now - touchEveryMs }).catch(() => undefined)
    }
    return {
      kind: 'session',
      ...holderOf(row),
      scopes: 'all',
      credentialId: row.id,
      expiresAt: row.expires_at,
      assurance: {
        methods: provenList(row.proven),
        authenticatedAt: row.authenticated_at,
        strongAt: row.strong_at,
      },
    }
  },
}
