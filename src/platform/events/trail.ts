import type { About, Actor, Context, Db, EventSpec, Keys } from '@latchkey/kit'
import { readDevice } from '../client/device.ts'
import { locate, locationText } from '../client/location.ts'
import { keyedHash } from '../crypto/digest.ts'
import { lockInTransaction } from '../db/dialect.ts'
import { prepared, preparedRecord } from '../db/prepared.ts'
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

type Chained = {
  readonly announced: Announced
  readonly actor: Actor
  readonly context: ContextRow
  readonly previous: Uint8Array
}

const rowOf = (
  ctx: Pick<Context, 'keys' | 'random' | 'now'>,
  { announced, actor, context, previous }: Chained,
): Omit<Entry, 'hash'> => {
  const { event, data, about } = announced
  const keyVersion = ctx.keys.current('audit').version
  const person = 'userId' in actor ? actor : null
  const account = actor.kind === 'client' ? actor : person
  const session = about.sessionId ?? account?.credentialId
  const own = person?.userId ?? null
  const actorId = actor.kind === 'client' ? actor.clientId : own
  return {
    seq: context.seq,
    id: ctx.random.id('act'),
    at: ctx.now(),
    event: event.name,
    code: event.code,
    message: event.summary,
    user_id: about.userId === undefined ? own : about.userId,
    organisation_id: account?.organisation.id ?? null,
    actor_kind: actor.kind,
    actor_id: actorId,
    target: about.target ?? null,
    result: about.result ?? 'success',
    request_id: actor.client.requestId,
    session_hash: session ? sessionHash(ctx.keys, session) : null,
    data: JSON.stringify(data),
    context_digest: contextDigest(ctx.keys, keyVersion, context),
    key_version: keyVersion,
    prev_hash: previous,
  }
}

const contextOf = async ({ client, kind }: Actor): Promise<Omit<ContextRow, 'seq'>> => {
  const device = readDevice(client.userAgent, client.hints)
  return {
    address: client.address,
    location: locationText(await locate(client.address)),
    device_type: kind === 'system' ? 'program' : device.type,
    browser: device.browser,
    os_name: device.os,
  }
}

const insertEntry = preparedRecord((db, row: Entry) =>
  db.withTables<TrailTables>().insertInto('audit_entries').values(row),
)
const insertContext = preparedRecord((db, row: ContextRow) =>
  db.withTables<TrailTables>().insertInto('audit_contexts').values(row),
)

/**
 * Appends to the chain in the caller's transaction. Called once, right before commit, so that the chain's lock is held as
 * briefly as possible.
 */
export const appendToTrail = async (
  ctx: Pick<Context, 'db' | 'keys' | 'random' | 'now'>,
  actor: Actor,
  announced: readonly Announced[],
): Promise<void> => {
  const where = await contextOf(actor)
  await lockInTransaction(ctx.db, trailLock)
  const last = await newest(ctx.db)
  let [seq, previous] = [last?.seq ?? 0, last?.hash ?? start]
  for (const one of announced) {
    seq += 1
    const context: ContextRow = { seq, ...where }
    const row = rowOf(ctx, { announced: one, actor, context, previous })
    const hash = entryHash(ctx.keys, row)
    await insertEntry(ctx.db, { ...row, hash })
    await insertContext(ctx.db, context)
    previous = hash
  }
}

const head = prepared(0, (db) =>
  db
    .withTables<TrailTables>()
    .selectFrom('audit_entries')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1),
)

export const newest = async (db: Db) => (await head(db))[0]
