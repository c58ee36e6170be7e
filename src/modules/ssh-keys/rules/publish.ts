import { createHash } from 'node:crypto'
import { type Actor, type Context, Refusal, type Rule } from '@latchkey/kit'
import { noteLater } from '#platform/activity-notes/notes.ts'
import { requireAccess } from '#platform/identity/require-access.ts'
import { refusals as runtime } from '#platform/refusals.ts'
import { operations, sshKeysMax } from '../contract.ts'
import { plainLine } from '../read-key.ts'
import { sshKeySettings } from '../settings.ts'
import { listPublished, noteUse } from '../store.ts'

const noteEveryMs = 60_000

/** Open to anyone as it is delivered; an operator may close it. The answer is then the same for every name. */
const requireReader = (ctx: Context<Actor>): void => {
  const { listFor } = ctx.config.read(sshKeySettings)
  if (listFor === 'nobody') throw new Refusal(runtime.not_found)
  if (listFor === 'members') requireAccess(operations.list.access, ctx.actor)
}

type Listed = Awaited<ReturnType<typeof listPublished>>[number]

/** sshd(8), "AUTHORIZED_KEYS FILE FORMAT". Never any options, and a comment that cannot become a line of its own. */
const authorizedKeys = (rows: readonly Listed[]): string =>
  rows.map(({ line, title }) => `${line} ${plainLine(title)}`.trimEnd()).join('\n') +
  (rows.length > 0 ? '\n' : '')

/**
 * An unknown name, a user without keys and a disabled account get the same answer, an empty list: hosts ask for every name
 * that an attacker tries, and a 404 would tell the attacker which names exist.
 */
export const publish: Rule<typeof operations.publish> = async (ctx, { username, fingerprint }) => {
  requireReader(ctx)
  const at = ctx.now()
  const rows = await listPublished(ctx.db, {
    username,
    fingerprint,
    liveAt: at,
    limit: sshKeysMax,
  })
  const [asked] = rows
  if (fingerprint !== undefined && asked && (asked.last_used_at ?? 0) < at - noteEveryMs)
    noteLater(ctx.db, {
      ...{ of: `ssh_keys ${asked.id}`, at },
      write: (db) => noteUse(db, asked.id, at, at - noteEveryMs),
    })
  const bytes = Buffer.from(authorizedKeys(rows))
  const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  return { bytes, type: 'text/plain; charset=utf-8', etag }
}
