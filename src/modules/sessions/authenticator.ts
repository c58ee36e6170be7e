import type { Authenticator, Db } from '@latchkey/kit'
import { holderOf } from '#modules/person/api.ts'
import { noteLater, waitingNoteAt } from '#platform/activity-notes/notes.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { remembered } from '#platform/remembered.ts'
import { findByTokenHash, touchSession } from './store.ts'

const touchEveryMs = 60_000

/** One entry for each combination of sign-in methods. */
const provenList = remembered(500, (json: string): readonly string[] =>
  Object.freeze(JSON.parse(json) as string[]),
)

const noteOf = (id: string): string => `sessions ${id}`

/** With what this process has noted and not yet written: a use a second ago counts. */
const lastActiveAt = (
  db: Db,
  row: { readonly active_at: number; readonly idle_ms: number },
  note: string,
): number => Math.max(row.active_at, waitingNoteAt(db, note))

/** Session cookie → person. Every limit is compared here, when read: nothing depends on a clean-up job. */
export const sessionCookie: Authenticator = {
  carriers: ['session-cookie'],
  find: async ({ db, now }, { value }) => {
    const [row] = await findByTokenHash(db, sha256(value))
    if (!row || row.disabled_at !== null || row.credential_epoch !== row.person_epoch) return null
    const note = noteOf(row.id)
    if (row.expires_at <= now || lastActiveAt(db, row, note) + row.idle_ms <= now) return null
    if (row.active_at < now - touchEveryMs)
      noteLater(db, {
        ...{ of: note, at: now },
        write: (db) => touchSession(db, row.id, now, now - touchEveryMs),
      })
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
