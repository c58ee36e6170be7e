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
 * The checksum proves nothing; it lets a scanner, and our authenticators, drop values that were never a key.
 */
export const newKey = (random: Random, prefix: string): string => {
  const text = body(random)
  return `${prefix}${text}${checksum(text)}`
}

/** The checksum read back; -1 when it holds anything but digits. Six of them tell any 32 bits apart, in one way each. */
const numberIn = (digits: string): number => {
  let number = 0
  for (let index = 0; index < checksumLength; index++) {
    const digit = alphabet.indexOf(digits.charAt(index))
    if (digit < 0) return -1
    number = number * base + digit
  }
  return number
}

/** Could this have been issued? Wrong ones are refused without a look at the database (attack A75). */
export const hasKeyForm = (value: string, prefix: string): boolean => {
  const text = value.slice(prefix.length, -checksumLength)
  return (
    value.startsWith(prefix) &&
    /^[0-9A-Za-z]{30}$/.test(text) &&
    numberIn(value.slice(-checksumLength)) === crc32(text)
  )
}

/** What in a text could have been issued, each once, in order: `max` at the most. */
export const findKeys = (
  text: string,
  { prefixes, max }: { readonly prefixes: readonly string[]; readonly max: number },
): readonly string[] => {
  const found = new Set<string>()
  const length = bodyLength + checksumLength
  for (const prefix of prefixes)
    for (let at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1)) {
      const value = text.slice(at, at + prefix.length + length)
      if (hasKeyForm(value, prefix)) found.add(value)
      if (found.size === max) return [...found]
    }
  return [...found]
}

/** What is shown of a key once it is no longer shown whole. */
export const lastFour = (key: string): string => key.slice(-4)
