import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { KeyPurpose, Keys } from '@latchkey/kit'
import { z } from 'zod'
import { syncToDisk } from '../db/disk.ts'
import { isClosedToOthers } from '../folders/closed.ts'
import { giveTo } from '../folders/make-folder.ts'
import { keyedHash } from './digest.ts'

const purposes = [
  'encryption',
  'pepper',
  'audit',
  'lookup',
] as const satisfies readonly KeyPurpose[]

const Version = z.strictObject({ version: z.int().min(1), secret: z.base64().length(44) })
const KeyFile = z.strictObject({
  about: z.string(),
  keys: z.strictObject({
    encryption: z.array(Version).min(1),
    pepper: z.array(Version).min(1),
    audit: z.array(Version).min(1),
    lookup: z.array(Version).min(1),
  }),
})

export class KeyFileProblem extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'KeyFileProblem'
  }
}

type Versions = z.output<typeof KeyFile>['keys']

export type KeyRing = Keys & {
  /** Names the installation for as long as it lives; says nothing about the keys. */
  readonly fingerprint: string
  readonly versions: (purpose: KeyPurpose) => readonly number[]
}

const textOf = (keys: Versions): string =>
  JSON.stringify(
    {
      about:
        'Secret keys of this Latchkey installation. Back them up apart from the database. Without them it cannot be read.',
      keys,
    },
    null,
    2,
  )

const newVersion = (version: number) => ({ version, secret: randomBytes(32).toString('base64') })

const fresh = (): string => {
  const keys = Object.fromEntries(purposes.map((purpose) => [purpose, [newVersion(1)]]))
  return textOf(keys as Versions)
}

export const keyFilePath = (dataDir: string): string => join(dataDir, 'keys.json')

const writeDraft = (path: string, text: string): string => {
  const draft = `${path}.${randomBytes(8).toString('hex')}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, text)
    giveTo(draft, statSync(path, { throwIfNoEntry: false }) ?? statSync(dirname(path)))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return draft
}

/** What CIFS, exFAT and FUSE answer, which know no second name for a file. */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** Made only if it is not there (COPYFILE_EXCL): of two processes that start at once, the second reads the file of the first. */
const copyInto = (draft: string, path: string): void => {
  try {
    copyFileSync(draft, path, constants.COPYFILE_EXCL)
    syncToDisk(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Written beside and linked into place: two processes starting at once agree on one file, and a half-written one is never seen. */
const create = (path: string): void => {
  const draft = writeDraft(path, fresh())
  try {
    linkSync(draft, path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (withoutLinks.has(code)) copyInto(draft, path)
    else if (code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const read = (path: string): Versions => {
  if (!isClosedToOthers(path)) {
    throw new KeyFileProblem(`${path} can be read by others. Run: chmod 600 "${path}"`)
  }
  const parsed = KeyFile.safeParse(jsonOrNull(readFileSync(path, 'utf8')))
  if (!parsed.success)
    throw new KeyFileProblem(`${path} is damaged. Restore it from your backup of the keys.`)
  return parsed.data.keys
}

type Rings = ReadonlyMap<KeyPurpose, Map<number, Buffer>>

const ringsOf = (versions: Versions): Rings =>
  new Map(
    purposes.map((purpose) => [
      purpose,
      new Map(versions[purpose].map((one) => [one.version, Buffer.from(one.secret, 'base64')])),
    ]),
  )

/** Version 1 never leaves the file, so this stays the same when versions are added. */
const fingerprintOf = (rings: Rings): string => {
  const first = rings.get('lookup')?.get(1)
  if (!first) throw new KeyFileProblem('the key file lacks version 1 of the lookup key')
  return keyedHash(first, 'installation').toString('hex').slice(0, 32)
}

const stampOf = (path: string): string => {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : ''
}

/** How soon a running server uses keys that were added meanwhile. */
const lookEveryMs = 5000

const addMissing = (to: Rings, from: Rings): void => {
  for (const [purpose, ring] of to)
    for (const [version, secret] of from.get(purpose) ?? [])
      if (!ring.has(version)) ring.set(version, secret)
}

/** A key ring that follows its file: versions that are added while it is in use are found, what it has is never lost. */
const followFile = (path: string): KeyRing => {
  const rings = ringsOf(read(path))
  const fingerprint = fingerprintOf(rings)
  let [stamp, lookedAt] = [stampOf(path), performance.now()]
  const look = (): void => {
    lookedAt = performance.now()
    const now = stampOf(path)
    if (now === stamp) return
    stamp = now
    try {
      const found = ringsOf(read(path))
      if (fingerprintOf(found) === fingerprint) addMissing(rings, found)
    } catch {
      // A file that is being repaired must not end a server that has all it needs.
    }
  }
  const version = (purpose: KeyPurpose, wanted: number): Uint8Array => {
    const ring = rings.get(purpose)
    if (!ring?.has(wanted)) look()
    const secret = ring?.get(wanted)
    if (!secret)
      throw new KeyFileProblem(`the key file lacks version ${wanted} of the ${purpose} key`)
    return secret
  }
  const versions = (purpose: KeyPurpose): readonly number[] => [
    ...(rings.get(purpose)?.keys() ?? []),
  ]
  const current = (purpose: KeyPurpose): { version: number; secret: Uint8Array } => {
    if (performance.now() - lookedAt > lookEveryMs) look()
    const newest = Math.max(...versions(purpose))
    return { version: newest, secret: version(purpose, newest) }
  }
  return { current, version, versions, fingerprint }
}

/** Reads the key file, making it on first start. Refuses one that others can read. */
export const openKeyFile = (dataDir: string): KeyRing => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = keyFilePath(dataDir)
  if (!statSync(path, { throwIfNoEntry: false })) create(path)
  return followFile(path)
}

/** Reads a key file that is there, wherever it is; makes none. */
export const readKeyFile = (path: string): KeyRing => {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new KeyFileProblem(`There is no key file ${path}.`)
  return followFile(path)
}

/** Keys that can be replaced. `lookup` cannot: its hashes name sessions, devices and counts, and could not be made anew. */
export const rotatable = ['encryption', 'pepper', 'audit'] as const satisfies readonly KeyPurpose[]
export type Rotatable = (typeof rotatable)[number]

/**
 * Adds a version to each of these keys and keeps all older ones. On disk for good before it returns: nothing may be
 * sealed with a key that a power cut could take away. Not for two at once; the caller holds a lock.
 */
export const addKeyVersions = (dataDir: string, which: readonly Rotatable[]): void => {
  const path = keyFilePath(dataDir)
  const before = read(path)
  const keys = { ...before }
  for (const purpose of which) {
    const newest = Math.max(...before[purpose].map((one) => one.version))
    keys[purpose] = [...before[purpose], newVersion(newest + 1)]
  }
  renameSync(writeDraft(path, textOf(keys)), path)
  syncToDisk(dirname(path))
}
