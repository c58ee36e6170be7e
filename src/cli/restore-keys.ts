import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Settings } from '#open'
import type { Manifest } from '#platform/backup/manifest.ts'
import { type KeyRing, keyFilePath, readKeyFile } from '#platform/crypto/key-file.ts'
import { syncToDisk } from '#platform/db/disk.ts'
import { giveTo } from '#platform/folders/make-folder.ts'
import { CommandProblem, type Terminal } from './terminal.ts'

type Choosing = {
  readonly terminal: Terminal
  readonly settings: Settings
  readonly manifest: Manifest
  readonly input: { readonly keys?: string | undefined; readonly replace: boolean }
}

type Chosen = {
  readonly keys: KeyRing
  /** Where they come from when they are not in the data folder yet. */
  readonly bring: string | null
}

const fits = (keys: KeyRing, { keyFingerprint, keyVersions }: Manifest): boolean =>
  keys.fingerprint === keyFingerprint &&
  (['encryption', 'pepper', 'audit'] as const).every((purpose) =>
    keys.versions(purpose).includes(keyVersions[purpose]),
  )

/** The key file of the data folder when it fits the backup, else the one that was named. Makes none. */
export const chooseKeys = ({ terminal, settings, manifest, input }: Choosing): Chosen => {
  const path = keyFilePath(settings.dataDir)
  const present = existsSync(path) ? readKeyFile(path) : null
  if (present && (fits(present, manifest) || input.keys === undefined))
    return { keys: present, bring: null }
  if (input.keys === undefined)
    throw new CommandProblem(
      'restore.keys_missing',
      `There is no key file ${path}. Put back the keys.json the backup was made with, or name it with --keys.`,
    )
  const bring = resolve(terminal.from, input.keys)
  const keys = readKeyFile(bring)
  if (present && !input.replace)
    throw new CommandProblem(
      'restore.keys_present',
      `${path} belongs to something else. With --replace it is moved aside.`,
    )
  return { keys, bring }
}

/**
 * Before the database: a database without its keys is what the start refuses, keys without a database are harmless.
 * Returns what puts the ones of before back, for a database that could not be put in place.
 */
export const putKeysInPlace = (choosing: Choosing, stamp: string): (() => void) => {
  const { bring } = chooseKeys(choosing)
  if (bring === null) return () => undefined
  const { dataDir } = choosing.settings
  const path = keyFilePath(dataDir)
  const [draft, aside] = [`${path}.${stamp}`, join(dataDir, `keys.before-restore-${stamp}.json`)]
  const present = statSync(path, { throwIfNoEntry: false })
  writeFileSync(draft, readFileSync(bring), { mode: 0o600, flag: 'wx' })
  giveTo(draft, present ?? statSync(dataDir))
  syncToDisk(draft)
  if (present) renameSync(path, aside)
  renameSync(draft, path)
  syncToDisk(dataDir)
  return () => {
    // The ones that were brought are still where they were named.
    if (present) renameSync(aside, path)
    else rmSync(path)
    syncToDisk(dataDir)
  }
}
