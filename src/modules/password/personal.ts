import { domainToUnicode } from 'node:url'

/** Words known to belong to the user or the installation, which therefore make no secret. */
export type Personal = {
  readonly name?: string
  readonly email?: string
  readonly organisation?: string
  /** Host of the installation's public address. */
  readonly host?: string
}

/** A word this long is no coincidence; shorter ones occur in any password and count only beside others. */
const tellingLength = 4

/** Letters that Unicode does not take apart into a plain one and a mark. */
const plain: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
}

/** José and jose, Straße and STRASSE are one word to an attacker who guesses. */
const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/[øłđðþæœı]/g, (letter) => plain[letter] ?? letter)

/** Pictures (\p{So}) are no separators: a password may be made of them. */
const separator = '[^\\p{L}\\p{N}\\p{So}]'
const edges = new RegExp(`^${separator}+|${separator}+$`, 'gu')
const separators = new RegExp(separator, 'gu')

const isLong = (word: string): boolean => [...word].length >= tellingLength

/** The whole of a text without its separators, and each of its words and numbers. */
const wordsIn = (text: string): string[] => {
  const folded = fold(text)
  const parts = folded.match(/\p{L}+|\p{N}+/gu) ?? []
  return [folded.replaceAll(separators, ''), ...parts]
}

/** Longest first: a whole address goes before the words it is made of. */
export const personalWords = ({
  name = '',
  email = '',
  organisation = '',
  host = '',
}: Personal): readonly string[] => {
  const [local = '', domain = ''] = email.split('@')
  const sources = [name, email, local, domain, domainToUnicode(domain), organisation, host]
  const words = new Set([...sources.flatMap(wordsIn), 'latchkey'])
  return [...words]
    .filter((word) => [...word].length > 1)
    .sort((one, other) => other.length - one.length)
}

/** Words for the strength estimate. Short ones are left out: they would match by chance. */
export const longWords = (words: readonly string[]): string[] => words.filter(isLong)

/** The word with anything that separates between its letters. */
const spaced = (word: string): string => [...word].join(`${separator}*`)

/**
 * True when a password is mostly personal words: the rest, without them, would be too short for a password. A long phrase
 * that contains a name is accepted, and so is a random password that happens to contain the user's initials.
 */
export const isPersonal = (
  password: string,
  words: readonly string[],
  lengthMin: number,
): boolean => {
  const folded = fold(password)
  const any = new RegExp(words.map(spaced).join('|'), 'gu')
  const taken = (folded.match(any) ?? []).map((text) => text.replaceAll(separators, ''))
  const left = folded.split(any).map((piece) => piece.replaceAll(edges, ''))
  const leftLength = [...left.join('')].length
  if (taken.length === 0 || leftLength >= lengthMin) return false
  return taken.some(isLong) || [...taken.join('')].length >= leftLength
}
