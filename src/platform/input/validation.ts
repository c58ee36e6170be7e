import { type FieldFault, Refusal } from '@latchkey/kit'
import type { z } from 'zod'
import { refusals } from '../refusals.ts'
import { notKnown } from './wanted.ts'

const fieldsMax = 20

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** zod's issues as RFC 6901 pointers, in the words of `wanted`: never the value that was sent. */
export const invalidInput = (error: z.ZodError): Refusal => {
  const fields = error.issues.flatMap((issue): FieldFault[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          pointer: pointer([...issue.path, key.slice(0, 60)]),
          code: issue.code,
          message: notKnown,
        }))
      : [{ pointer: pointer(issue.path), code: issue.code, message: issue.message }],
  )
  return new Refusal(refusals.invalid_input, { fields: fields.slice(0, fieldsMax) })
}

export const unknownName = (name: string, message: string): Refusal =>
  new Refusal(refusals.invalid_input, {
    fields: [{ pointer: pointer([name.slice(0, 60)]), code: 'unrecognized_keys', message }],
  })

/** A name that is given twice arrives as a list, and no operation takes one from its query. */
export const requireOnce = (query: Record<string, unknown>): Record<string, unknown> => {
  const twice = Object.keys(query).find((name) => Array.isArray(query[name]))
  if (twice !== undefined) throw unknownName(twice, 'is there more than once')
  return query
}

/** Deeper than anything that is asked for. */
const depthMax = 20

type Oddity = Pick<FieldFault, 'code' | 'message'> & { readonly path: readonly PropertyKey[] }

/** U+0000, which PostgreSQL cannot keep, and half a character, which no database gives back as it was. */
const isOddText = (text: string): boolean => text.includes('\u0000') || !text.isWellFormed()

const oddityAt = (value: unknown, path: readonly PropertyKey[]): Oddity | null => {
  if (typeof value === 'string')
    return isOddText(value)
      ? { path, code: 'invalid_format', message: 'holds a null character or half a character' }
      : null
  if (typeof value !== 'object' || value === null) return null
  if (path.length > depthMax) return { path, code: 'too_big', message: 'is nested too deeply' }
  for (const [key, inner] of Object.entries(value)) {
    const found = oddityAt(inner, [...path, key])
    if (found) return found
  }
  return null
}

/**
 * Refuses what no schema looks for. Also in what a schema takes unseen, like the answers of passkey extensions: nothing
 * else bounds how deep those go, and code that follows them down would run out of stack.
 */
export const refuseOddities = (input: unknown): void => {
  const found = oddityAt(input, [])
  if (!found) return
  const { path, ...fault } = found
  throw new Refusal(refusals.invalid_input, { fields: [{ pointer: pointer(path), ...fault }] })
}
