import { type Context, fieldRefusal, Refusal, type Rule } from '@latchkey/kit'
import { findPersonById, lockPerson, securityNotice } from '#modules/person/api.ts'
import { requireStillSignedIn } from '#modules/sessions/api.ts'
import { iso, isoOrNull } from '#platform/clock/moment.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { isDuplicate } from '#platform/db/dialect.ts'
import { readMomentCursor, writeMomentCursor } from '#platform/paging/moment-cursor.ts'
import { pageOf } from '#platform/paging/page.ts'
import { type operations, pages, refusals, type SshKey, sshKeysMax } from './contract.ts'
import { sshKeyAdded, sshKeyRemoved } from './events.ts'
import { readPublicKey, titleOf } from './read-key.ts'
import { sshKeySettings } from './settings.ts'
import {
  countSshKeys,
  deleteSshKey,
  findOwnerOf,
  insertSshKey,
  listSshKeys,
  type SshKeyRow,
} from './store.ts'

type Ops = typeof operations

export const view = (row: SshKeyRow, now: number): SshKey => ({
  id: row.id,
  title: row.title,
  type: row.type,
  bits: row.bits,
  fingerprint: row.fingerprint,
  createdAt: iso(row.created_at),
  lastUsedAt: isoOrNull(row.last_used_at),
  expiresAt: isoOrNull(row.expires_at),
  isExpired: row.expires_at !== null && row.expires_at <= now,
})

const publishedUrl = async (ctx: Context): Promise<string | null> => {
  const person = await findPersonById(ctx.db, ctx.actor.userId)
  return person?.username ? publicLink(ctx.config, `/keys/${person.username}`) : null
}

export const list: Rule<Ops['list']> = async (ctx, { after, limit }) => {
  const { userId } = ctx.actor
  const cursor = readMomentCursor('ssh', after)
  const rows = await listSshKeys(ctx.db, { userId, after: cursor, limit })
  const { page, next } = pageOf(rows, limit, ({ created_at: at, id }) =>
    writeMomentCursor({ at, id }),
  )
  return {
    keys: page.map((row) => view(row, ctx.now())),
    next,
    total: await countSshKeys(ctx.db, userId),
    totalMax: sshKeysMax,
    published: { url: await publishedUrl(ctx), for: ctx.config.read(sshKeySettings).listFor },
  }
}

const announceWith = async (
  ctx: Context,
  event: typeof sshKeyAdded | typeof sshKeyRemoved,
  { id, title, type, fingerprint }: Pick<SshKeyRow, 'id' | 'title' | 'type' | 'fingerprint'>,
): Promise<void> => {
  const letters = await securityNotice(ctx, ctx.actor.userId, {
    text: event === sshKeyAdded ? 'ssh-keys:added' : 'ssh-keys:removed',
    page: pages.list,
    values: { what: title, fingerprint },
  })
  await ctx.announce(event, { name: title, type, fingerprint }, { target: id, letters })
}

/** Epoch milliseconds, or null for never. An end that has passed is no end to choose: that is what deleting is for. */
export const requireEnd = (expiresAt: string | null, now: number): number | null => {
  if (expiresAt === null) return null
  const at = Date.parse(expiresAt)
  if (at > now) return at
  throw fieldRefusal(refusals.expiry_past, '/expiresAt')
}

export const add: Rule<Ops['add']> = async (ctx, { publicKey, title, expiresAt = null }) => {
  const { userId } = ctx.actor
  const { comment, ...key } = readPublicKey(publicKey, ctx.config.read(sshKeySettings).rsaBitsMin)
  const at = ctx.now()
  const expires = requireEnd(expiresAt, at)
  const row: SshKeyRow = {
    id: ctx.random.id('ssh'),
    user_id: userId,
    title: titleOf(title, { ...key, comment }),
    ...key,
    created_at: at,
    last_used_at: null,
    expires_at: expires,
  }
  try {
    await ctx.transaction(async (ctx) => {
      // One at a time, or twenty simultaneous requests would each find room for one more.
      await lockPerson(ctx.db, userId)
      await requireStillSignedIn(ctx)
      if ((await countSshKeys(ctx.db, userId)) >= sshKeysMax) throw new Refusal(refusals.too_many)
      await insertSshKey(ctx.db, row)
      await announceWith(ctx, sshKeyAdded, row)
    })
  } catch (error) {
    if (!isDuplicate(error)) throw error
    // The answer does not name the owner, unless the caller is the owner.
    const isOwn = (await findOwnerOf(ctx.db, row.fingerprint)) === userId
    throw new Refusal(isOwn ? refusals.already_yours : refusals.in_use)
  }
  return view(row, at)
}

export const remove: Rule<Ops['remove']> = (ctx, { keyId }) =>
  ctx.transaction(async (ctx) => {
    const gone = await deleteSshKey(ctx.db, ctx.actor.userId, keyId)
    if (!gone) throw new Refusal(refusals.not_found)
    await announceWith(ctx, sshKeyRemoved, { id: keyId, ...gone })
    return {}
  })
