import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import type { KeyPurpose, Keys } from '@latchkey/kit'
import { z } from 'zod'
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

const fresh = (): string =>
  JSON.stringify(
    {
      about:
        'Secret keys of this Latchkey installation. Back them up apart from the database. Without them it cannot be read.',
      keys: Object.fromEntries(
        purposes.map((purpose) => [
          purpose,
          [{ version: 1, secret: randomBytes(32).toString('base64') }],
        ]),
      ),
    },
    null,
    2,
  )

/** Written beside and linked into place: two processes starting at once agree on one file, and a half-written one is never seen. */
const create = (path: string): void => {
  const draft = `${path}.${randomBytes(8).toString('hex')}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, fresh())
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
}

/** Reads the key file, making it on first start. Refuses one that others can read. */
export const openKeyFile = (dataDir: string): Keys & { readonly fingerprint: string } => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'keys.json')
  if (!statSync(path, { throwIfNoEntry: false })) create(path)
  if (platform() !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new KeyFileProblem(`${path} can be read by others. Run: chmod 600 "${path}"`)
  }
  const parsed = KeyFile.safeParse(jsonOrNull(readFileSync(path, 'utf8')))
  if (!parsed.success)
    throw new KeyFileProblem(`${path} is damaged. Restore it from your backup of the keys.`)
  return keysFrom(parsed.data.keys)
}

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

type Versions = z.output<typeof KeyFile>['keys']

const keysFrom = (versions: Versions): Keys & { readonly fingerprint: string } => {
  const rings = new Map(
    purposes.map((purpose) => [
      purpose,
      new Map(versions[purpose].map((one) => [one.version, Buffer.from(one.secret, 'base64')])),
    ]),
  )
  const version = (purpose: KeyPurpose, wanted: number): Uint8Array => {
    const secret = rings.get(purpose)?.get(wanted)
    if (!secret)
      throw new KeyFileProblem(`the key file lacks version ${wanted} of the ${purpose} key`)
    return secret
  }
  const current = (purpose: KeyPurpose): { version: number; secret: Uint8Array } => {
    const newest = Math.max(...(rings.get(purpose)?.keys() ?? []))
    return { version: newest, secret: version(purpose, newest) }
  }
  // Version 1 never leaves the file, so this names the installation for as long as it lives.
  const fingerprint = keyedHash(version('lookup', 1), 'installation').toString('hex').slice(0, 32)
  return { current, version, fingerprint }
}
