import { randomBytes } from 'node:crypto'
import type { Random } from '@latchkey/kit'

/** Crockford's base 32, lower case: no i, l, o, u, so an id read aloud survives. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Two characters for each ten bits. */
const pairs = Array.from(
  { length: 1024 },
  (_, value) => alphabet.charAt(value >> 5) + alphabet.charAt(value & 31),
)

/** At most 50 bits, which a double holds exactly; two characters for each pair. */
const encode = (value: number, pairsCount: number): string => {
  let text = ''
  let rest = value
  for (let index = 0; index < pairsCount; index++) {
    text = pairs[rest % 1024] + text
    rest = Math.floor(rest / 1024)
  }
  return text
}

const chanceBytes = 10
/** Fetched ahead for ids alone, which are shown: asking the system 10 bytes at a time costs more than the rest of a request's id. */
const idsAhead = 256

/** 48 bits of time, 80 random bits, as in ULID: sorts by creation, and an attacker cannot guess it. */
export const createRandom = (
  now: () => number,
  bytes: (length: number) => Uint8Array = randomBytes,
): Random => {
  let ahead = Buffer.alloc(0)
  let used = 0
  const chance = (): string => {
    if (used === ahead.length) {
      ahead = Buffer.from(bytes(chanceBytes * idsAhead))
      used = 0
    }
    const text = encode(ahead.readUIntBE(used, 5), 4) + encode(ahead.readUIntBE(used + 5, 5), 4)
    used += chanceBytes
    return text
  }
  let [written, writtenAt] = ['', -1]
  /** Many ids are made within one millisecond. */
  const time = (): string => {
    const at = now()
    if (at !== writtenAt) [written, writtenAt] = [encode(at, 5), at]
    return written
  }
  return { bytes, id: (prefix) => `${prefix}_${time()}${chance()}` }
}

/** A secret to hand out once: 256 bits as 43 base64url characters. */
export const newSecret = (random: Random): string =>
  Buffer.from(random.bytes(32)).toString('base64url')
