import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Context, Migrations, System } from '@latchkey/kit'
import { iso } from '../clock/moment.ts'
import { type KeyRing, keyFilePath } from '../crypto/key-file.ts'
import { copyToFile, openCopy } from '../db/copy-rows.ts'
import { syncToDisk } from '../db/disk.ts'
import { fileFaults, settleFile } from '../db/health.ts'
import { appliedMigrations } from '../db/migrate.ts'
import { trailHead } from '../events/verify-trail.ts'
import { makeFolder } from '../folders/make-folder.ts'
import { backedUp } from './events.ts'
import {
  BackupProblem,
  databaseName,
  type Facts,
  fileDigest,
  type Manifest,
  manifestName,
  sealFacts,
} from './manifest.ts'

type Making = {
  /** Folder the backup's own folder is made in. */
  readonly into: string
  readonly keys: KeyRing
  readonly migrations: Migrations
  /** Version of this program. */
  readonly product: string
  /** Data folder whose key file is copied as well; null keeps keys and data apart. */
  readonly keysFrom: string | null
}

export type Made = {
  readonly folder: string
  readonly keysFile: string | null
  readonly manifest: Manifest
}

/** `20261123T031500Z`: sorts by time and is a name everywhere. */
export const stampName = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '')

/** The folder itself is made; one that is missing above it is a typing error, or a disk that is not there. */
const requireParent = (into: string): void => {
  const parent = dirname(into)
  if (!existsSync(parent))
    throw new BackupProblem(
      `${parent} does not exist, so no backup was made. Make it, or check the path.`,
    )
}

/** What the copy itself says: the original has moved on meanwhile. */
const readFacts = async (path: string): Promise<Pick<Facts, 'migrations' | 'audit'>> => {
  const copy = openCopy(path)
  try {
    return { migrations: [...(await appliedMigrations(copy))], audit: await trailHead(copy) }
  } finally {
    await copy.destroy()
  }
}

const keyVersionsOf = (keys: KeyRing): Facts['keyVersions'] => ({
  encryption: keys.current('encryption').version,
  pepper: keys.current('pepper').version,
  audit: keys.current('audit').version,
  lookup: keys.current('lookup').version,
})

const describe = async (path: string, ctx: Context<System>, making: Making): Promise<Facts> => {
  const said = await readFacts(path)
  settleFile(path)
  const faults = fileFaults(path)
  if (faults.length > 0)
    throw new BackupProblem(`The copy is not sound, so it was thrown away: ${faults[0]}`)
  return {
    format: 1,
    product: making.product,
    createdAt: iso(ctx.now()),
    keyFingerprint: making.keys.fingerprint,
    keyVersions: keyVersionsOf(making.keys),
    ...said,
    database: { bytes: statSync(path).size, sha256: await fileDigest(path) },
  }
}

const openNew = (path: string): number => {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    if (!lstatSync(path, { throwIfNoEntry: false })) throw error
    throw new BackupProblem(`${path} is there already, and is not ours. The keys were not written.`)
  }
}

const copyKeys = (making: Making, name: string): string | null => {
  if (making.keysFrom === null) return null
  const path = join(making.into, `${name}.keys.json`)
  const keys = readFileSync(keyFilePath(making.keysFrom))
  // A file of its own, closed from its first byte: the folder may be one where others can put files or links of theirs.
  const file = openNew(path)
  try {
    writeSync(file, keys)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return path
}

const prepareFolder = (into: string, draft: string): void => {
  requireParent(into)
  try {
    makeFolder(into)
    mkdirSync(draft, { mode: 0o700 })
  } catch (error) {
    throw new BackupProblem(
      `The folder ${into} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/**
 * Copies the database into a folder of its own below `into`, checks the copy, and says what it is. A folder with the
 * final name is whole: what was interrupted keeps a name that ends in `.unfinished`.
 */
export const makeBackup = async (ctx: Context<System>, making: Making): Promise<Made> => {
  const name = `latchkey-${stampName(ctx.now())}`
  const folder = join(making.into, name)
  if (existsSync(folder)) throw new BackupProblem(`${folder} is there already. Wait a second.`)
  const draft = `${folder}.unfinished`
  prepareFolder(making.into, draft)
  try {
    const database = join(draft, databaseName)
    await copyToFile(ctx.db, database, making.migrations)
    chmodSync(database, 0o600)
    const manifest = sealFacts(making.keys, await describe(database, ctx, making))
    const manifestPath = join(draft, manifestName)
    writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
    for (const path of [database, manifestPath, draft]) syncToDisk(path)
    const keysFile = copyKeys(making, name)
    renameSync(draft, folder)
    syncToDisk(making.into)
    const entry = manifest.audit?.seq ?? 0
    await ctx.announce(backedUp, { entry, withKeys: keysFile !== null }, { userId: null })
    return { folder, keysFile, manifest }
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  }
}
