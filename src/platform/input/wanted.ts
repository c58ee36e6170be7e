import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

const kinds: Readonly<Record<string, string>> = {
  string: 'must be a text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
}

const formats: Readonly<Record<string, string>> = {
  url: 'must be an address like https://example.com',
  email: 'must be an e-mail address like name@example.com',
  datetime: 'must be a moment like 2026-01-31T12:00:00Z',
  base64: 'must be written in base64',
}

/** What is counted of a text or a list; nothing for a number, which is compared itself. */
const counted = (origin: string, count: number): string | null => {
  const unit = { string: 'character', array: 'entry', set: 'entry', map: 'entry' }[origin]
  if (!unit) return null
  if (count === 1) return `1 ${unit}`
  return `${count} ${unit === 'entry' ? 'entries' : 'characters'}`
}

const tooSmall = ({ origin, minimum, inclusive, exact }: z.core.$ZodIssueTooSmall): string => {
  const amount = counted(origin, Number(minimum))
  if (amount && Number(minimum) === 1 && !exact) return 'must not be empty'
  if (amount) return `must have ${exact ? 'exactly' : 'at least'} ${amount}`
  return inclusive === false ? `must be more than ${minimum}` : `must be at least ${minimum}`
}

const tooBig = ({ origin, maximum, inclusive, exact }: z.core.$ZodIssueTooBig): string => {
  const amount = counted(origin, Number(maximum))
  if (amount) return `must have ${exact ? 'exactly' : 'at most'} ${amount}`
  return inclusive === false ? `must be less than ${maximum}` : `must be at most ${maximum}`
}

const wrongType = ({ expected, input }: Pick<z.core.$ZodIssueInvalidType, 'expected' | 'input'>) =>
  input === undefined ? 'is missing' : (kinds[expected] ?? 'is of another kind than is wanted here')

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`

export const notKnown = 'is not known here'

/**
 * Says what is wanted instead, in plain words and never with the value that was given. Handed to `safeParse` wherever
 * input is read; a schema that words its rule itself goes first. The words continue a sentence that begins with the place.
 */
export const wanted = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue)
    case 'too_small':
      return tooSmall(issue as z.core.$ZodIssueTooSmall)
    case 'too_big':
      return tooBig(issue as z.core.$ZodIssueTooBig)
    case 'invalid_format':
      return formats[issue.format] ?? 'is not written in the form that is wanted here'
    case 'invalid_value':
      return oneOf(issue.values)
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return notKnown
    case 'invalid_union':
      return 'has none of the forms that are possible here'
    default:
      return 'cannot be used here'
  }
}
