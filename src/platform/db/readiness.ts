import { randomBytes } from 'node:crypto'
import type { Db } from '@latchkey/kit'
import { sql } from 'kysely'
import { engineOf, ping } from './dialect.ts'
import type { Renewing } from './postgres-pool.ts'
import { signalsOf } from './signals.ts'
import type { TriesToWrite } from './sqlite-driver.ts'
import { DatabaseTrouble, type TroubleKind } from './trouble.ts'

/** Null on a server. */
export const embedded = (db: Db): TriesToWrite | null => {
  const { adapter } = db.getExecutor()
  return 'tryToWrite' in adapter ? (adapter as unknown as TriesToWrite) : null
}

/** A standby says `on`, and a server that was set so. */
const requireWritableServer = async (db: Db): Promise<void> => {
  const { rows } = await sql<{ isReadOnly: boolean }>`
    select current_setting('transaction_read_only') = 'on' as "isReadOnly"`.execute(db)
  if (!rows[0]?.isReadOnly) return
  const { adapter } = db.getExecutor()
  // It may have become a standby, or the setting is the connection's own: only a new connection finds out that it is over.
  if ('renewConnections' in adapter) (adapter as unknown as Renewing).renewConnections()
  throw signalsOf(db).report(new DatabaseTrouble('read-only', null))
}

/** Reads, and finds out whether the database takes changes, without making one. Throws `DatabaseTrouble`. */
export const requireWritable = async (db: Db): Promise<void> => {
  const file = embedded(db)
  if (!file) return requireWritableServer(db)
  await ping(db)
  // A lock that another process holds for a moment is no reason to call this one unready.
  file.tryToWrite()
}

class Undone extends Error {}

const probeBytes = 64 * 1024

/** Takes room in a table and gives it back: a full disk is noticed when a table grows, long before the commit. */
const tryRoomOnServer = async (db: Db): Promise<void> => {
  const last_error = randomBytes(probeBytes / 2).toString('hex')
  const name = `platform.room ${randomBytes(6).toString('hex')}`
  try {
    await db.transaction().execute(async (trx) => {
      await trx
        .withTables<{ jobs: { name: string; due_at: number; last_error: string } }>()
        .insertInto('jobs')
        .values({ name, due_at: 0, last_error })
        .execute()
      throw new Undone()
    })
  } catch (error) {
    if (!(error instanceof Undone)) throw error
  }
}

type Past = { readonly failed: ReadonlyMap<TroubleKind, number>; readonly lastAt: number }

/** Whether what was wrong is over, asked while nobody else may be asking. Throws `DatabaseTrouble` when something is. */
export const isOver = async (db: Db, { failed, lastAt }: Past): Promise<boolean> => {
  await requireWritable(db)
  const file = embedded(db)
  if (failed.has('disk-full') || failed.has('disk-failed'))
    await (file ? file.tryRoom() : tryRoomOnServer(db))
  if (!failed.has('locked') || !file) return true
  return signalsOf(db).wroteAt > lastAt || file.tryToWrite() === 'free'
}

/** Trouble that makes the whole process unready; a locked row of a server concerns only who wants that row. */
export const makesUnready = (db: Db, kind: TroubleKind): boolean =>
  kind === 'locked' || kind === 'too-slow' ? engineOf(db) === 'sqlite' : true
