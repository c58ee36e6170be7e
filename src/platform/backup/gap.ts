import type { Db } from '@latchkey/kit'
import {
  countAfter,
  entriesAfter,
  type LostEntry,
  type TrailHead,
  targetsAfter,
  trailEntry,
} from '../events/verify-trail.ts'
import type { Manifest } from './manifest.ts'

/** Entries named at most; the counts are of all. */
const namedMax = 200
/** Acts whose ends are repeated at most; a backup older than that is no longer repaired by hand. */
const targetsMax = 100_000

/** What happened after a backup was made, as the database that it replaces remembers it. */
export type Gap = {
  readonly lostEntries: number
  readonly byCode: Readonly<Record<string, number>>
  readonly entries: readonly LostEntry[]
  readonly targets: ReadonlyMap<string, readonly string[]>
}

/** Null when the database to be replaced is another installation's, or went another way since. */
export const readGap = async (old: Db, { audit }: Manifest): Promise<Gap | null> => {
  const seq = audit?.seq ?? 0
  if (audit && (await trailEntry(old, seq))?.hash !== audit.hash) return null
  const byCode = await countAfter(old, seq)
  return {
    lostEntries: Object.values(byCode).reduce((sum, one) => sum + one, 0),
    byCode,
    entries: await entriesAfter(old, seq, namedMax),
    targets: await targetsAfter(old, seq, targetsMax),
  }
}

/** How many entries are missing at least, by what an operator noted elsewhere. */
export const gapByAnchor = ({ audit }: Manifest, anchor: TrailHead | null): number | null =>
  anchor && anchor.seq > (audit?.seq ?? 0) ? anchor.seq - (audit?.seq ?? 0) : null
