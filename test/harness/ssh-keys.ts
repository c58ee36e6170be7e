import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** RFC 4251 §5, written by the book and not with what the product uses. */
export const wireString = (value: Buffer | string): Buffer => {
  const bytes = Buffer.from(value as string, 'latin1')
  const body = typeof value === 'string' ? bytes : value
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}
export const wire = (...parts: (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => wireString(part)))
export const mpint = (magnitude: Buffer): Buffer =>
  (magnitude[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude

const fromJwk = (key: KeyObject, name: 'x' | 'y' | 'n' | 'e'): Buffer =>
  Buffer.from(String(key.export({ format: 'jwk' })[name]), 'base64url')

export const ed25519Point = (): Buffer => fromJwk(generateKeyPairSync('ed25519').publicKey, 'x')
export const curvePoint = (namedCurve: string): Buffer => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve })
  return Buffer.concat([Buffer.of(4), fromJwk(publicKey, 'x'), fromJwk(publicKey, 'y')])
}
export const rsaNumbers = (modulusLength: number): { e: Buffer; n: Buffer } => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength })
  return { e: fromJwk(publicKey, 'e'), n: fromJwk(publicKey, 'n') }
}

export const lineOf = (type: string, blob: Buffer, comment = ''): string =>
  `${type} ${blob.toString('base64')} ${comment}`.trim()

const ecdsa = (size: 256 | 384 | 521, curve: string): Buffer =>
  wire(`ecdsa-sha2-nistp${size}`, `nistp${size}`, curvePoint(curve))

/** A fresh blob of each type that is accepted; made without ssh-keygen, which cannot make the last two at all. */
export const freshBlobs: Readonly<Record<string, () => Buffer>> = {
  'ssh-ed25519': () => wire('ssh-ed25519', ed25519Point()),
  'ecdsa-sha2-nistp256': () => ecdsa(256, 'P-256'),
  'ecdsa-sha2-nistp384': () => ecdsa(384, 'P-384'),
  'ecdsa-sha2-nistp521': () => ecdsa(521, 'P-521'),
  'ssh-rsa': () => {
    const { e, n } = rsaNumbers(2048)
    return wire('ssh-rsa', mpint(e), mpint(n))
  },
  'sk-ssh-ed25519@openssh.com': () => wire('sk-ssh-ed25519@openssh.com', ed25519Point(), 'ssh:'),
  'sk-ecdsa-sha2-nistp256@openssh.com': () =>
    wire('sk-ecdsa-sha2-nistp256@openssh.com', 'nistp256', curvePoint('P-256'), 'ssh:work'),
}

/** A new public key, as a line. */
export const freshKey = (comment = 'ada@laptop', type = 'ssh-ed25519'): string =>
  lineOf(type, freshBlobs[type]?.() ?? Buffer.alloc(0), comment)

const has = (program: string, ...args: string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch (error) {
    // It is there and did not like the arguments.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}

/** Why a test that needs it skips, or false. */
export const withoutKeygen = has('ssh-keygen', '-?')
  ? false
  : 'ssh-keygen is not installed: on Debian, apt-get install openssh-client'

export type KeyPair = { readonly publicKey: string; readonly privateKey: string }

/** A key pair of the real ssh-keygen, e.g. `makeKeyPair('-t', 'ed25519')`; read and gone from the disk. */
export const makeKeyPair = (...args: string[]): KeyPair => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-keygen-'))
  try {
    const file = join(folder, 'key')
    const given = args.includes('-N') ? args : [...args, '-N', '']
    execFileSync('ssh-keygen', ['-q', '-f', file, ...given])
    return {
      publicKey: readFileSync(`${file}.pub`, 'utf8'),
      privateKey: readFileSync(file, 'utf8'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What `ssh-keygen -l` says of a line: bits and fingerprint; null when it takes it for no key. */
export const describeKey = (line: string): { bits: number; fingerprint: string } | null => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-keygen-'))
  try {
    const file = join(folder, 'key.pub')
    writeFileSync(file, `${line}\n`)
    const said = execFileSync('ssh-keygen', ['-lf', file], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [bits, fingerprint = ''] = said.toString().split(' ')
    return { bits: Number(bits), fingerprint }
  } catch {
    return null
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
