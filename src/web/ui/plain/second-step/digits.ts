export const codeLength = 6

/** First of each row of ten: Arabic-Indic, extended Arabic-Indic, full width. */
const zeros = [0x660, 0x6f0, 0xff10]

const latin = (digit: string): string => {
  const point = digit.codePointAt(0) ?? 0
  const zero = zeros.find((first) => point >= first && point < first + 10)
  return zero === undefined ? digit : String(point - zero)
}

/** A code as the user typed or pasted it, in any digits, with blanks or without. */
export const digitsIn = (typed: string): string =>
  Array.from(typed, latin).join('').replace(/\D/g, '').slice(0, codeLength)
