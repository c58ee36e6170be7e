import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { wanted } from './wanted.ts'

const said = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value, { error: wanted }).error?.issues[0]?.message

const cases: readonly [z.ZodType, unknown, string][] = [
  [z.string(), 5, 'must be a text'],
  [z.string(), undefined, 'is missing'],
  [z.number(), 'x', 'must be a number'],
  [z.coerce.number(), 'x', 'must be a number'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.array(z.string()), {}, 'must be a list'],
  [z.strictObject({}), [], 'must be an object'],
  [z.record(z.string(), z.string()), 1, 'must be an object'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().min(1), [], 'must be a text'],
  [z.string().min(8), 'x', 'must have at least 8 characters'],
  [z.string().max(1), 'xx', 'must have at most 1 character'],
  [z.string().length(6), 'x', 'must have exactly 6 characters'],
  [z.array(z.string()).min(1), [], 'must not be empty'],
  [z.array(z.string()).min(2), [], 'must have at least 2 entries'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entry'],
  [z.int().min(1), 0, 'must be at least 1'],
  [z.int().max(100), 101, 'must be at most 100'],
  [z.number().gt(0), 0, 'must be more than 0'],
  [z.number().lt(1), 1, 'must be less than 1'],
  [z.number().multipleOf(5), 1, 'must be a multiple of 5'],
  [z.url(), 'x', 'must be an address like https://example.com'],
  [z.email(), 'x', 'must be an e-mail address like name@example.com'],
  [z.iso.datetime(), 'x', 'must be a moment like 2026-01-31T12:00:00Z'],
  [z.base64(), '?', 'must be written in base64'],
  [z.string().regex(/^a/), 'x', 'is not written in the form that is wanted here'],
  [z.string().regex(/^a/, 'must start with a'), 'x', 'must start with a'],
  [z.enum(['one', 'two']), 'x', 'must be one of one, two'],
  [z.literal('one'), 'x', 'must be one'],
  [z.strictObject({}), { x: 1 }, 'is not known here'],
  [z.union([z.string(), z.number()]), true, 'has none of the forms that are possible here'],
  [z.date(), 'x', 'is of another kind than is wanted here'],
  [z.string().refine(() => false), 'x', 'cannot be used here'],
]
for (const [schema, value, words] of cases)
  test(`${JSON.stringify(value)} gets the answer “${words}”`, () => {
    assert.equal(said(schema, value), words)
  })

test('no answer repeats what was given', () => {
  for (const [schema] of cases)
    for (const value of ['canary', { canary: 'canary' }, ['canary']])
      assert.doesNotMatch(said(schema, value) ?? '', /canary/)
})
