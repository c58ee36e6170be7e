import { defineRefusals, operation } from '@latchkey/kit'
import { z } from 'zod'

export const pages = { list: '/admin/account/badges' } as const

export const refusals = defineRefusals({
  not_found: {
    code: 'badges.not_found',
    status: 404,
    title: 'You have no such badge.',
    help: 'Read the list again: it may have been removed in another window.',
  },
  taken: {
    code: 'badges.taken',
    status: 409,
    title: 'Another badge has this number.',
    help: 'Check the number. A badge that changed hands is removed by its former owner first.',
  },
  wrong_length: {
    code: 'badges.wrong_length',
    status: 422,
    title: 'A badge number here has another length.',
    help: 'Type all digits that are printed on the badge. The setting badges.digits says how many there are.',
  },
  too_many: {
    code: 'badges.too_many',
    status: 409,
    title: 'You have as many badges as there can be.',
    help: 'Remove one that you no longer carry.',
  },
})

export const badgesMax = 20

export const scopes = [
  {
    id: 'account:badges',
    label: 'Account: badges',
    allows: 'Read, add and remove the numbers of your office badges.',
  },
] as const

const access = { permission: 'account.badges.manage', scope: 'account:badges' } as const
/** No key can set what proves that it is you. */
const confirmed = {
  permission: 'account.badges.manage',
  assurance: 'recently-confirmed',
} as const

const BadgeId = z
  .string()
  .min(1)
  .max(64)
  .meta({ examples: ['bdg_01k9w4z0v5t6r7q8p9n0m1k2j3'] })

export const Badge = z.object({
  id: BadgeId,
  number: z.string().meta({ description: 'As printed on the badge.', examples: ['004217'] }),
  addedAt: z.iso.datetime(),
})
export type Badge = z.output<typeof Badge>

export const operations = {
  list: operation({
    name: 'badges.list',
    summary: 'Your office badges, newest first',
    access,
    input: z.object({
      after: z.string().max(100).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    output: z.object({
      badges: z.array(Badge),
      next: z.string().nullable(),
      digits: z.int().meta({ description: 'Length of a number here.', examples: [6] }),
    }),
    refusals: [],
    rest: 'GET /api/v1/account/badges',
  }),
  add: operation({
    name: 'badges.add',
    summary: 'Add the number of an office badge',
    access,
    input: z.object({
      number: z
        .string()
        .regex(/^\d{1,20}$/, 'must be digits only')
        .meta({ description: 'As printed on the badge.', examples: ['004217'] }),
    }),
    output: Badge,
    refusals: [refusals.taken, refusals.wrong_length, refusals.too_many],
    rest: 'POST /api/v1/account/badges',
    limit: { per: 'person', max: 60, windowSeconds: 600 },
  }),
  remove: operation({
    name: 'badges.remove',
    summary: 'Remove an office badge',
    access,
    input: z.object({ badgeId: BadgeId }),
    output: z.object({}),
    refusals: [refusals.not_found],
    rest: 'DELETE /api/v1/account/badges/{badgeId}',
  }),
  readPin: operation({
    name: 'badges.read-pin',
    summary: 'Whether you have a badge PIN, never the PIN itself',
    access: { permission: access.permission },
    input: z.object({}),
    output: z.object({ isSet: z.boolean().meta({ examples: [true] }) }),
    refusals: [],
    rest: 'GET /api/v1/account/badge-pin',
  }),
  setPin: operation({
    name: 'badges.set-pin',
    summary: 'Set the PIN that proves, after the password, that it is you',
    access: confirmed,
    input: z.object({
      pin: z
        .string()
        .regex(/^\d{6,12}$/, 'must be 6 to 12 digits')
        .meta({ description: '6 to 12 digits.', examples: ['730915'] }),
    }),
    output: z.object({}),
    refusals: [],
    rest: 'PUT /api/v1/account/badge-pin',
  }),
  removePin: operation({
    name: 'badges.remove-pin',
    summary: 'Remove the badge PIN; it is no longer asked for',
    access: confirmed,
    input: z.object({}),
    output: z.object({}),
    refusals: [refusals.not_found],
    rest: 'DELETE /api/v1/account/badge-pin',
  }),
}
