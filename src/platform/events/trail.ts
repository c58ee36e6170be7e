import type { About, Actor, Context, Db, EventSpec, Keys } from '@latchkey/kit'
import { readDevice } from '../client/device.ts'
import { locate, locationText } from '../client/location.ts'
import { keyedHash } from '../crypto/digest.ts'
import { lockInTransaction } from '../db/dialect.ts'
import type { TrailTables } from './tables.ts'

export type Announced = {
  readonly event: EventSpec
  readonly data: Record<string, unknown>
  readonly about: About
}

type Entry = TrailTables['audit_entries']
type ContextRow = TrailTables['audit_contexts']

const trailLock = 1
const start = Buffer.alloc(32)

/** Canonical bytes of a row: a fixed order of fields, so both engines and every later version hash the same. */
export const entryHash = (keys: Keys, row: Omit<Entry, 'hash'>): Buffer =>
  keyedHash(
    keys.version('audit', row.key_version),
    JSON.stringify([
      row.seq,
      row.id,
      row.at,
      row.event,
      row.code,
      row.message,
      row.user_id,
      row.organisation_id,
      row.actor_kind,
      row.actor_id,
      row.target,
      row.result,
      row.request_id,
      row.session_hash,
      row.data,
    ]),
    row.context_digest,
    row.prev_hash,
  )

/** Keyed, so that a deleted address cannot be guessed back from its digest. */
export const contextDigest = (keys: Keys, keyVersion: number, row: ContextRow): Buffer =>
  keyedHash(
    keys.version('audit', keyVersion),
    JSON.stringify([row.seq, row.address, row.location, row.device_type, row.browser, row.os_name]),
  )

/** Short name of a session in the trail: recognisable, useless as a credential. */
export const sessionHash = (keys: Keys, credentialId: string): string =>
  keyedHash(keys.version('lookup', 1), 'session', credentialId).toString('hex').slice(0, 16)

/**
 * Appends to the chain in the caller's transaction. Called once, right before commit,
 * so the chain's lock is held for as short a time as there is.
 */
export const appendToTrail = async (
  ctx: Pick<Context, 'db' | 'keys' | 'random' | 'now'>,
  actor: Actor,
  announced: readonly Announced[],
): Promise<void> => {
  const { client } = actor
  const device = readDevice(client.userAgent, client.hints)
  const place = locationText(await locate(client.address))
  await lockInTransaction(ctx.db, trailLock)
  const trail = ctx.db.withTables<TrailTables>()
  const head = await trail
    .selectFrom('audit_entries')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  let [seq, previous] = [head?.seq ?? 0, head?.hash ?? start]
  for (const { event, data, about } of announced) {
    seq += 1
    const context: ContextRow = {
      seq,
      address: client.address,
      location: place,
      device_type: actor.kind === 'system' ? 'program' : device.type,
      browser: device.browser,
      os_name: device.os,
    }
    const keyVersion = ctx.keys.current('audit').version
    const person = 'userId' in actor ? actor : null
    const session = about.sessionId ?? person?.credentialId
    const row: Omit<Entry, 'hash'> = {
      seq,
      id: ctx.random.id('act'),
      at: ctx.now(),
      event: event.name,
      code: event.code,
      message: event.summary,
      user_id: about.userId === undefined ? (person?.userId ?? null) : about.userId,
      organisation_id: person?.organisation.id ?? null,
      actor_kind: actor.kind,
      actor_id: person?.userId ?? null,
      target: about.target ?? null,
      result: about.result ?? 'success',
      request_id: client.requestId,
      session_hash: session ? sessionHash(ctx.keys, session) : null,
      data: JSON.stringify(data),
      context_digest: contextDigest(ctx.keys, keyVersion, context),
      key_version: keyVersion,
      prev_hash: previous,
    }
    const hash = entryHash(ctx.keys, row)
    await trail
      .insertInto('audit_entries')
      .values({ ...row, hash })
      .execute()
    await trail.insertInto('audit_contexts').values(context).execute()
    previous = hash
  }
}

export type TrailFault = { readonly seq: number; readonly fault: string }

const pageSize = 1000

/**
 * Walks the chain from the beginning. `head` is what was noted elsewhere (a log line, a mail):
 * without it a cut tail looks like a shorter, sound trail.
 */
export const verifyTrail = async (
  ctx: { readonly db: Db; readonly keys: Keys },
  head?: { readonly seq: number; readonly hash: string },
): Promise<{ readonly entries: number; readonly faults: readonly TrailFault[] }> => {
  const faults: TrailFault[] = []
  let [seq, previous] = [0, start as Uint8Array]
  for (;;) {
    const rows = await ctx.db
      .withTables<TrailTables>()
      .selectFrom('audit_entries')
      .leftJoin('audit_contexts', 'audit_contexts.seq', 'audit_entries.seq')
      .selectAll('audit_entries')
      .select(['address', 'location', 'device_type', 'browser', 'os_name'])
      .where('audit_entries.seq', '>', seq)
      .orderBy('audit_entries.seq')
      .limit(pageSize)
      .execute()
    for (const row of rows) {
      if (row.seq !== seq + 1) faults.push({ seq: seq + 1, fault: 'missing' })
      if (!Buffer.from(row.prev_hash).equals(previous))
        faults.push({ seq: row.seq, fault: 'chain broken' })
      if (!entryHash(ctx.keys, row).equals(row.hash))
        faults.push({ seq: row.seq, fault: 'changed' })
      const { address, device_type, location, browser, os_name } = row
      if (address !== null && device_type !== null) {
        const digest = contextDigest(ctx.keys, row.key_version, {
          seq: row.seq,
          address,
          location,
          device_type,
          browser,
          os_name,
        })
        if (!digest.equals(row.context_digest))
          faults.push({ seq: row.seq, fault: 'context changed' })
      }
      if (head?.seq === row.seq && Buffer.from(row.hash).toString('hex') !== head.hash)
        faults.push({ seq: row.seq, fault: 'differs from the noted head' })
      seq = row.seq
      previous = row.hash
    }
    if (rows.length < pageSize) break
  }
  if (head && head.seq > seq) faults.push({ seq: seq + 1, fault: 'the end is missing' })
  return { entries: seq, faults }
}

/** The newest entry, to be noted off the machine. */
export const trailHead = async (
  db: Db,
): Promise<{ readonly seq: number; readonly hash: string } | null> => {
  const row = await db
    .withTables<TrailTables>()
    .selectFrom('audit_entries')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? { seq: row.seq, hash: Buffer.from(row.hash).toString('hex') } : null
}
