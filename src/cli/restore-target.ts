import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { commandConnection, openDatabase, type Settings } from '#open'
import { type Gap, readGap } from '#platform/backup/gap.ts'
import type { Manifest } from '#platform/backup/manifest.ts'
import {
  isServerEmpty,
  placeFile,
  placeOnServer,
  requireNoServers,
  requireUnused,
} from '#platform/db/place.ts'
import { CommandProblem, type Terminal } from './terminal.ts'

/** Where a backup goes: the embedded database's file, or a server. */
export type Target = {
  /** Throws when it is in use, or holds data the operator did not allow to replace. Returns what the old one knows of since. */
  readonly look: (manifest: Manifest, mode: 'replace' | 'fill') => Promise<Gap | null>
  /** Returns where the old one went, or null when there was none. */
  readonly place: (finished: string, stamp: string) => Promise<string | null>
  readonly close: () => Promise<void>
}

const notEmpty = (what: string): CommandProblem =>
  new CommandProblem(
    'restore.not_empty',
    `${what} holds a database already. With --replace it is moved aside, never deleted.`,
  )

const gapOr = async (read: () => Promise<Gap | null>): Promise<Gap | null> => {
  try {
    return await read()
  } catch {
    // A damaged database is what backups are for; what came after the backup is then unknown.
    return null
  }
}

const fileTarget = (settings: Settings, file: string): Target => ({
  look: async (manifest, mode) => {
    requireUnused(file)
    if (!existsSync(file)) return null
    if (mode === 'fill') throw notEmpty(file)
    return gapOr(async () => {
      const old = await openDatabase(settings)
      try {
        return await readGap(old, manifest)
      } finally {
        await old.destroy()
      }
    })
  },
  place: async (finished, stamp) => {
    const aside = existsSync(file)
      ? join(settings.dataDir, `latchkey.before-restore-${stamp}.db`)
      : null
    placeFile(finished, file, aside ?? `${file}.before-restore-${stamp}`)
    return aside
  },
  close: async () => undefined,
})

const serverTarget = async (terminal: Terminal, settings: Settings): Promise<Target> => {
  const db = await openDatabase(settings, commandConnection)
  return {
    look: async (manifest, mode) => {
      await requireNoServers(db)
      if (await isServerEmpty(db)) return null
      if (mode === 'fill') throw notEmpty('The server')
      return gapOr(() => readGap(db, manifest))
    },
    place: async (finished, stamp) => {
      const had = !(await isServerEmpty(db))
      const aside = `latchkey_before_${stamp.toLowerCase()}`
      await placeOnServer(finished, db, { migrations: terminal.product.migrations, aside })
      return had ? `schema ${aside}` : null
    },
    close: () => db.destroy(),
  }
}

export const openTarget = (terminal: Terminal, settings: Settings): Promise<Target> =>
  settings.databaseFile
    ? Promise.resolve(fileTarget(settings, settings.databaseFile))
    : serverTarget(terminal, settings)
