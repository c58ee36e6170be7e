import { crc32 } from 'node:zlib'
import type { Random } from '@latchkey/kit'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const base = alphabet.length
/** 30 of 62 characters: 178 bits. */
const bodyLength = 30
const checksumLength = 6
/** The largest multiple of 62 in a byte: what lies above would make some characters likelier than others. */
const fairBytes = 256 - (256 % base)

const body = (random: Random): string => {
  let text = ''
  while (text.length < bodyLength)
    for (const byte of random.bytes(bodyLength))
      if (byte < fairBytes && text.length < bodyLength) text += alphabet.charAt(byte % base)
  return text
}

const checksum = (text: string): string => {
  let rest = crc32(text)
  let digits = ''
  for (let index = 0; index < checksumLength; index++) {
    digits = alphabet.charAt(rest % base) + digits
    rest = Math.floor(rest / base)
  }
  return digits
}

/**
 * A key that acts for a person: prefix, 30 base-62 characters, and their CRC-32 as 6 base-62 digits.
 * The checksum is no proof of anything; it lets a scanner, and the door, drop what was never a key (security.md 5.5).
 */
export const newKey = (random: Random, prefix: string): string => {
  const text = body(random)
  return `${prefix}${text}${checksum(text)}`
}

/** Could this have been issued? Wrong ones are refused without a look at the database (attack A75). */
export const hasKeyForm = (value: string, prefix: string): boolean => {
  const text = value.slice(prefix.length, -checksumLength)
  return (
    value.startsWith(prefix) &&
    /^[0-9A-Za-z]{30}$/.test(text) &&
    value.slice(-checksumLength) === checksum(text)
  )
}

/** What is shown of a key once it is no longer shown whole. */
export const lastFour = (key: string): string => key.slice(-4)
