import { randomBytes } from 'node:crypto'
import type { Random } from '@latchkey/kit'

/** Crockford's base 32, lower case: no i, l, o, u, so an id read aloud survives. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const encode = (bytes: Uint8Array, characters: number): string => {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (let index = 0; index < characters; index++) {
    text = alphabet[Number(value & 31n)] + text
    value >>= 5n
  }
  return text
}

/** 48 bits of time, 80 bits of chance, as in ULID: sorts by creation, guessable by nobody. */
export const createRandom = (now: () => number, bytes: (length: number) => Uint8Array = randomBytes): Random => ({
  bytes,
  id: (prefix) => {
    const time = Buffer.alloc(6)
    time.writeUIntBE(now(), 0, 6)
    return `${prefix}_${encode(time, 10)}${encode(bytes(10), 16)}`
  },
})

/** A secret to hand out once: 256 bits as 43 base64url characters. */
export const newSecret = (random: Random): string => Buffer.from(random.bytes(32)).toString('base64url')
