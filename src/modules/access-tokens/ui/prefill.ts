import { nameMax } from '#web/lib/bounds.ts'

const scopesMax = 100
const scopeMax = 100
/** A link may hold anything; that much of what is not known is read back to the person. */
const unknownShownMax = 5
const unknownMax = 40

/** The words of a link, by the choice of the form they stand for. */
const lifetimes: Readonly<Record<string, string>> = {
  '30d': '30',
  '90d': '90',
  '1y': '365',
  none: 'none',
}

export type Prefill = {
  readonly name: string
  readonly isNameCut: boolean
  /** Known or not, each once. */
  readonly scopes: readonly string[]
  /** A choice of the form; null: nothing was asked for. */
  readonly expiry: string | null
  /** Something was asked for that means nothing here. */
  readonly isExpiryUnknown: boolean
}

/** Control characters and direction overrides, which the server refuses in a name, and half characters. */
const unshowable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point.
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+|\p{Cs}/gu

const plain = (text: string): string => text.replaceAll(unshowable, ' ').trim()

const cut = (text: string, max: number): string =>
  text
    .slice(0, max)
    .replace(/[\ud800-\udbff]$/, '')
    .trim()

/** Reads `?name=…&scopes=a,b&expires=90d`. The author of the link is not the user who opens it: all of it is text. */
export const readPrefill = (search: string): Prefill | null => {
  const query = new URLSearchParams(search)
  if (!['name', 'scopes', 'expires'].some((key) => query.has(key))) return null
  const name = plain(query.get('name') ?? '')
  const scopes = query
    .getAll('scopes')
    .flatMap((value) => value.split(',', scopesMax))
    .map(plain)
    .filter((scope) => scope !== '')
  const expires = query.get('expires')
  const expiry = expires !== null && Object.hasOwn(lifetimes, expires) ? lifetimes[expires] : null
  return {
    name: cut(name, nameMax),
    isNameCut: name.length > nameMax,
    scopes: [...new Set(scopes)].slice(0, scopesMax).map((scope) => cut(scope, scopeMax)),
    expiry: expiry ?? null,
    isExpiryUnknown: expires !== null && !expiry,
  }
}

export type Unknown = {
  /** Some of them, short enough to be read. */
  readonly shown: readonly string[]
  readonly more: number
}

export const unknownOf = (asked: readonly string[], offered: ReadonlySet<string>): Unknown => {
  const unknown = asked.filter((scope) => !offered.has(scope))
  const shown = unknown
    .slice(0, unknownShownMax)
    .map((scope) => (scope.length > unknownMax ? `${cut(scope, unknownMax)}…` : scope))
  return { shown, more: unknown.length - shown.length }
}
