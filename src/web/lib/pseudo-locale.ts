import type { ResourceKey } from 'i18next'

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const accented = [...'ȧƀƈḓḗƒɠħīĵķŀḿƞǿƥɋřşŧŭṽẇẋẏẑȦƁƇḒḖƑƓĦĪĴĶĿḾȠǾƤɊŘŞŦŬṼẆẊẎẐ']
/** English grows by about a third when it is translated. */
const growth = 0.3

const accent = (text: string) =>
  text.replace(/[a-zA-Z]/g, (letter) => accented[plain.indexOf(letter)] ?? letter)

/** What stands in braces is a value or a reference and stays as it is. */
const disguise = (text: string): string => {
  const pieces = text.split(/(\{\{.*?\}\}|\$t\(.*?\)|<.*?>)/)
  const words = pieces.map((piece, index) => (index % 2 === 0 ? accent(piece) : piece)).join('')
  return `[${words}${'~'.repeat(Math.ceil(text.length * growth))}]`
}

export const pseudoOf = (texts: ResourceKey): ResourceKey =>
  typeof texts === 'string'
    ? disguise(texts)
    : Object.fromEntries(
        Object.entries(texts).map(([key, value]) => [key, pseudoOf(value as ResourceKey)]),
      )
