import { defineRefusals } from '@latchkey/kit'
import { z } from 'zod'

/** This module has no operations: other modules read and change people through this API. */
export const operations = {}

/** Looks empty but is not: a Hangul filler, a joiner, a soft hyphen, an empty Braille cell. Empty is another fault. */
const seen = /^$|[^\p{Default_Ignorable_Code_Point}\p{Z}\u2800]/u

/** No control characters and no direction overrides: a name also stands in mails and in other people's lists. */
export const Name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(
    /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u,
    'holds characters that cannot be shown',
  )
  .refine((name) => seen.test(name), 'holds nothing that can be seen')

export const Role = z
  .enum(['owner', 'admin', 'member', 'viewer'])
  .describe('What they may do here. Only an owner can make owners.')
export type Role = z.output<typeof Role>

/** Refusals shared by rules about people. Their codes are older than the module's name, and stay. */
export const refusals = defineRefusals({
  not_found: {
    code: 'people.not_found',
    status: 404,
    title: 'There is no such person.',
    help: 'They may belong to another organisation, or the address is wrong.',
  },
  above_you: {
    code: 'people.above_you',
    status: 403,
    title: 'Only an owner may do this to an owner.',
    help: 'Ask an owner of the organisation.',
  },
  address_invalid: {
    code: 'people.address_invalid',
    status: 422,
    title: 'That is not an e-mail address that can receive mail.',
    help: 'Use one plain address like name@example.com.',
  },
  last_way_in: {
    code: 'sign-in.last_way_in',
    status: 409,
    title: 'This is the last way into the account.',
    help: 'Add another passkey or a password first.',
  },
})
