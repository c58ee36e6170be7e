import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Keys } from '@latchkey/kit'
import { z } from 'zod'
import { keyedHash, sameText } from '../crypto/digest.ts'
import type { KeyRing } from '../crypto/key-file.ts'

/** What is wrong with a backup, or why it does not fit here. Safe to show. */
export class BackupProblem extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'BackupProblem'
  }
}

const Facts = z.strictObject({
  /** Of this file's shape; another one is refused instead of being guessed at. */
  format: z.literal(1),
  product: z.string(),
  createdAt: z.iso.datetime(),
  keyFingerprint: z.string(),
  /** Newest version of each key that rows of this backup may have been made with. */
  keyVersions: z.strictObject({
    encryption: z.int(),
    pepper: z.int(),
    audit: z.int(),
    lookup: z.int(),
  }),
  migrations: z.array(z.string()),
  /** Newest entry of the audit trail; null while nothing was written. */
  audit: z.strictObject({ seq: z.int(), hash: z.string() }).nullable(),
  database: z.strictObject({ bytes: z.int(), sha256: z.string() }),
})
export type Facts = z.output<typeof Facts>

const Manifest = Facts.extend({
  /** HMAC-SHA-256 over everything above with the audit key: who changes the database file cannot make this fit. */
  seal: z.strictObject({ keyVersion: z.int(), hash: z.string() }),
})
export type Manifest = z.output<typeof Manifest>

export const manifestName = 'manifest.json'
export const databaseName = 'database.db'

const sealOf = (keys: Keys, keyVersion: number, facts: Facts): string =>
  keyedHash(
    keys.version('audit', keyVersion),
    'backup',
    JSON.stringify(Facts.parse(facts)),
  ).toString('hex')

export const sealFacts = (keys: Keys, facts: Facts): Manifest => {
  const { version } = keys.current('audit')
  return { ...facts, seal: { keyVersion: version, hash: sealOf(keys, version, facts) } }
}

/** SHA-256 of a file, in hexadecimal, without holding it in memory. */
export const fileDigest = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

const parsed = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** Reads what a backup says of itself. Nothing in it is believed before `requireFits`. */
export const readManifest = (folder: string): Manifest => {
  const path = join(folder, manifestName)
  if (!existsSync(path) || !existsSync(join(folder, databaseName)))
    throw new BackupProblem(
      `${folder} is not a backup: it must hold ${manifestName} and ${databaseName}, as latchkey backup makes them.`,
    )
  const manifest = Manifest.safeParse(parsed(path))
  if (!manifest.success)
    throw new BackupProblem(`${path} is damaged, or was written by a newer version of Latchkey.`)
  return manifest.data
}

const purposes = ['encryption', 'pepper', 'audit', 'lookup'] as const

/** The backup belongs to these keys, and is what it was when it was made. */
export const requireFits = async (
  folder: string,
  { seal, ...facts }: Manifest,
  keys: KeyRing,
): Promise<void> => {
  if (facts.keyFingerprint !== keys.fingerprint)
    throw new BackupProblem(
      'The key file does not belong to this backup. Put back the keys.json the backup was made with, or name it with --keys.',
    )
  const lacking = purposes.filter(
    (purpose) => !keys.versions(purpose).includes(facts.keyVersions[purpose]),
  )
  if (lacking.length > 0)
    throw new BackupProblem(
      `The key file is older than the backup: it lacks the newest ${lacking.join(', ')} key. Put back a copy of keys.json from after the last rotation.`,
    )
  const altered = new BackupProblem(
    'The backup was changed after it was made, or was not copied whole. Take another one.',
  )
  if (!keys.versions('audit').includes(seal.keyVersion)) throw altered
  if (!sameText(sealOf(keys, seal.keyVersion, facts), seal.hash)) throw altered
  if (!sameText(await fileDigest(join(folder, databaseName)), facts.database.sha256)) throw altered
}
