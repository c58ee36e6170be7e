import type { Db, Keys } from '@latchkey/kit'
import type { TrailTables } from './tables.ts'
import { contextDigest, entryHash, newest } from './trail.ts'

export type TrailFault = { readonly seq: number; readonly fault: string }
export type TrailHead = { readonly seq: number; readonly hash: string }

type Services = { readonly db: Db; readonly keys: Keys }

const pageSize = 1000

const nextPage = (db: Db, after: number) =>
  db
    .withTables<TrailTables>()
    .selectFrom('audit_entries')
    .leftJoin('audit_contexts', 'audit_contexts.seq', 'audit_entries.seq')
    .selectAll('audit_entries')
    .select(['address', 'location', 'device_type', 'browser', 'os_name'])
    .where('audit_entries.seq', '>', after)
    .orderBy('audit_entries.seq')
    .limit(pageSize)
    .execute()

type Row = Awaited<ReturnType<typeof nextPage>>[number]

/** A context deleted after its retention time is no fault; a changed one is. */
const contextFits = (keys: Keys, row: Row): boolean => {
  const { seq, address, device_type, location, browser, os_name } = row
  if (address === null || device_type === null) return true
  const context = { seq, address, location, device_type, browser, os_name }
  return contextDigest(keys, row.key_version, context).equals(row.context_digest)
}

const faultsOf = (keys: Keys, row: Row, previous: { seq: number; hash: Uint8Array }): string[] => [
  ...(row.seq === previous.seq + 1 ? [] : ['missing before this']),
  ...(Buffer.from(row.prev_hash).equals(previous.hash) ? [] : ['chain broken']),
  ...(entryHash(keys, row).equals(row.hash) ? [] : ['changed']),
  ...(contextFits(keys, row) ? [] : ['context changed']),
]

/**
 * Verifies the chain from the beginning. `head` is an entry recorded elsewhere (a log line, a mail): without it, a trail
 * whose end was cut off looks like a shorter, sound one.
 */
export const verifyTrail = async (
  { db, keys }: Services,
  head?: TrailHead,
): Promise<{ readonly entries: number; readonly faults: readonly TrailFault[] }> => {
  const faults: TrailFault[] = []
  let previous: { seq: number; hash: Uint8Array } = { seq: 0, hash: Buffer.alloc(32) }
  for (let rows = await nextPage(db, 0); rows.length > 0; rows = await nextPage(db, previous.seq)) {
    for (const row of rows) {
      for (const fault of faultsOf(keys, row, previous)) faults.push({ seq: row.seq, fault })
      if (head?.seq === row.seq && Buffer.from(row.hash).toString('hex') !== head.hash)
        faults.push({ seq: row.seq, fault: 'differs from the noted head' })
      previous = row
    }
  }
  if (head && head.seq > previous.seq)
    faults.push({ seq: previous.seq + 1, fault: 'the end is missing' })
  return { entries: previous.seq, faults }
}

/** The newest entry, to be recorded off the machine. */
export const trailHead = async (db: Db): Promise<TrailHead | null> => {
  const row = await newest(db)
  return row ? { seq: row.seq, hash: Buffer.from(row.hash).toString('hex') } : null
}

/** Position and hash of one entry, or null. */
export const trailEntry = async (db: Db, seq: number): Promise<TrailHead | null> => {
  const row = await db
    .withTables<TrailTables>()
    .selectFrom('audit_entries')
    .select(['seq', 'hash'])
    .where('seq', '=', seq)
    .executeTakeFirst()
  return row ? { seq: row.seq, hash: Buffer.from(row.hash).toString('hex') } : null
}

export type LostEntry = Pick<
  TrailTables['audit_entries'],
  'seq' | 'at' | 'code' | 'user_id' | 'target'
>

/** Up to `max` entries after a given one, oldest first: a restore lists what it takes back. */
export const entriesAfter = (db: Db, seq: number, max: number): Promise<LostEntry[]> =>
  db
    .withTables<TrailTables>()
    .selectFrom('audit_entries')
    .select(['seq', 'at', 'code', 'user_id', 'target'])
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(max)
    .execute()

/** Targets of the acts after an entry, by their code; at most `max`, newest first. */
export const targetsAfter = async (
  db: Db,
  seq: number,
  max: number,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const rows = await db
    .withTables<TrailTables>()
    .selectFrom('audit_entries')
    .select(['code', 'target'])
    .where('seq', '>', seq)
    .where('target', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(max)
    .execute()
  const found = new Map<string, string[]>()
  for (const { code, target } of rows)
    if (target) found.set(code, [...(found.get(code) ?? []), target])
  return found
}

/** How many acts of each kind were written after an entry. */
export const countAfter = async (
  db: Db,
  seq: number,
): Promise<Readonly<Record<string, number>>> => {
  const rows = await db
    .withTables<TrailTables>()
    .selectFrom('audit_entries')
    .select((select) => ['code', select.fn.countAll<number>().as('entries')])
    .where('seq', '>', seq)
    .groupBy('code')
    .orderBy('code')
    .execute()
  return Object.fromEntries(rows.map((row) => [row.code, Number(row.entries)]))
}
