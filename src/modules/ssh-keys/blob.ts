import { ECDH } from 'node:crypto'
import { isEd25519Key } from './ed25519.ts'
import { type Reader, readWire, WireFault, writePositive, writeString } from './wire.ts'

/** What a key says of itself. `rebuilt` is the same key written anew from its parts. */
type Parts = { readonly bits: number; readonly rebuilt: Buffer }
type Parse = (type: string, reader: Reader) => Parts

/** What OpenSSH reads at most (SSHBUF_MAX_BIGNUM, 16384 bits). */
const rsaBytesMax = 2048
/** OpenSSL takes no longer exponent with a large modulus. */
const exponentBytesMax = 8
/** An application is `ssh:` or `ssh:` and a name (OpenSSH PROTOCOL.u2f). */
const applicationMax = 255

const fault = (what: string): never => {
  throw new WireFault(what)
}

const bitLength = (magnitude: Buffer): number =>
  magnitude.length * 8 - Math.clz32(magnitude[0] ?? 0) + 24

const isOdd = (magnitude: Buffer): boolean => ((magnitude.at(-1) ?? 0) & 1) === 1

/** RFC 4253 §6.6: `string "ssh-rsa", mpint e, mpint n`. */
const rsa: Parse = (type, reader) => {
  const [e, n] = [reader.positive(), reader.positive()]
  if (e.length > exponentBytesMax || n.length > rsaBytesMax)
    fault('holds a number that is too large')
  // 1 signs nothing, and neither number can be even: both primes of n are odd, and so is what e has no divisor with.
  if (!isOdd(e) || (e.length === 1 && e[0] === 1) || !isOdd(n)) fault('is not an RSA key')
  return {
    bits: bitLength(n),
    rebuilt: Buffer.concat([writeString(type), writePositive(e), writePositive(n)]),
  }
}

const ed25519Point = (reader: Reader): Buffer => {
  const point = reader.bytes()
  if (!isEd25519Key(point)) fault('is not a point of the curve')
  return point
}

/** RFC 8709 §4: `string "ssh-ed25519", string key`. */
const ed25519: Parse = (type, reader) => ({
  bits: 256,
  rebuilt: Buffer.concat([type, ed25519Point(reader)].map(writeString)),
})

const application = (reader: Reader): string => {
  const name = reader.text()
  if (!name.startsWith('ssh:') || name.length > applicationMax) fault('belongs to no SSH')
  return name
}

/** OpenSSH PROTOCOL.u2f: the same, then the application the security key was asked to make it for. */
const skEd25519: Parse = (type, reader) => ({
  bits: 256,
  rebuilt: Buffer.concat([type, ed25519Point(reader), application(reader)].map(writeString)),
})

const curves = {
  nistp256: { openssl: 'prime256v1', bits: 256 },
  nistp384: { openssl: 'secp384r1', bits: 384 },
  nistp521: { openssl: 'secp521r1', bits: 521 },
} as const

/** SEC 1 §2.3.3, uncompressed only (RFC 5656 §3.1 lets others be refused). OpenSSL checks that it is on the curve. */
const curvePoint = (
  reader: Reader,
  { openssl, bits }: (typeof curves)['nistp256' | 'nistp384' | 'nistp521'],
): Buffer => {
  const point = reader.bytes()
  if (point[0] !== 4 || point.length !== 1 + 2 * Math.ceil(bits / 8)) fault('holds no plain point')
  try {
    ECDH.convertKey(point, openssl)
  } catch {
    fault('is not a point of the curve')
  }
  return point
}

/** RFC 5656 §3.1: `string "ecdsa-sha2-[identifier]", string [identifier], string Q`. */
const ecdsa =
  (name: keyof typeof curves): Parse =>
  (type, reader) => {
    if (reader.text() !== name) fault('names two curves')
    return {
      bits: curves[name].bits,
      rebuilt: Buffer.concat([type, name, curvePoint(reader, curves[name])].map(writeString)),
    }
  }

/** OpenSSH PROTOCOL.u2f: the same, then the application. */
const skEcdsa: Parse = (type, reader) => {
  if (reader.text() !== 'nistp256') fault('names two curves')
  const point = curvePoint(reader, curves.nistp256)
  return {
    bits: 256,
    rebuilt: Buffer.concat([type, 'nistp256', point, application(reader)].map(writeString)),
  }
}

/** Every type that is accepted, by the name it has in a key file. */
const parsers: ReadonlyMap<string, Parse> = new Map([
  ['ssh-ed25519', ed25519],
  ['ecdsa-sha2-nistp256', ecdsa('nistp256')],
  ['ecdsa-sha2-nistp384', ecdsa('nistp384')],
  ['ecdsa-sha2-nistp521', ecdsa('nistp521')],
  ['ssh-rsa', rsa],
  ['sk-ssh-ed25519@openssh.com', skEd25519],
  ['sk-ecdsa-sha2-nistp256@openssh.com', skEcdsa],
])

export const isAcceptedType = (type: string): boolean => parsers.has(type)

/**
 * The key inside, written anew, and its bits; null when it is anything but exactly one key of this type in the one
 * encoding it can have. That way two spellings of one key cannot be two keys.
 */
export const parseBlob = (type: string, blob: Buffer): Parts | null => {
  try {
    const reader = readWire(blob)
    const parse = parsers.get(type)
    if (!parse || reader.text() !== type) return null
    const parts = parse(type, reader)
    reader.end()
    return parts.rebuilt.equals(blob) ? parts : null
  } catch (error) {
    if (error instanceof WireFault) return null
    throw error
  }
}
