import { defineRefusals, operation, type PageRoles } from '@latchkey/kit'
import { z } from 'zod'
import { refusals as personRefusals } from '#modules/person/contract.ts'
import { factorsPage } from '#modules/recovery-codes/contract.ts'
import { AppName, Authenticator, Begun, Code, Id, TwoFactor } from './shapes.ts'

export { Authenticator, TwoFactor } from './shapes.ts'

export const pages = { twoFactor: factorsPage } as const

export const pageRoles: PageRoles = { 'second-factor': pages.twoFactor }

export const refusals = defineRefusals({
  not_found: {
    code: 'two-factor.not_found',
    status: 404,
    title: 'There is no such authenticator app.',
    help: 'It may have been removed, or setting it up took longer than 10 minutes. Reload the page to see what is there.',
  },
  code_wrong: {
    code: 'two-factor.code_wrong',
    status: 422,
    title: 'That code is not right.',
    help: 'Type the 6 digits the app shows now. If they are refused again, check that the clock of the device is right.',
  },
  too_many: {
    code: 'two-factor.too_many',
    status: 409,
    title: 'There are as many authenticator apps as an account can have.',
    help: 'Remove one that is no longer used.',
  },
  order_stale: {
    code: 'two-factor.order_stale',
    status: 409,
    title: 'The list has changed meanwhile.',
    help: 'Reload the page and sort again: the order has to name every authenticator app once.',
  },
  no_codes: {
    code: 'two-factor.no_codes',
    status: 409,
    title: 'Recovery codes come with the first authenticator app or passkey.',
    help: 'Add one of them first.',
  },
})

export const authenticatorsMax = 10

const access = { permission: 'account.two_factor.manage', assurance: 'recently-confirmed' } as const

export const operations = {
  read: operation({
    name: 'two-factor.read',
    summary: 'Your authenticator apps, and how many recovery codes are left',
    access: { permission: 'account.two_factor.manage' },
    input: z.object({}),
    output: TwoFactor,
    refusals: [],
    rest: 'GET /api/v1/account/two-factor',
  }),
  begin: operation({
    name: 'two-factor.begin',
    summary:
      'Start adding an authenticator app; nothing changes until a code confirms it, within 10 minutes',
    access,
    input: z.object({}),
    output: Begun,
    refusals: [refusals.too_many],
    rest: 'POST /api/v1/account/two-factor/setup',
    shownOnce: ['secret', 'uri'],
    limit: { per: 'person', max: 30, windowSeconds: 600 },
  }),
  confirm: operation({
    name: 'two-factor.confirm',
    summary: 'Finish adding an authenticator app with a code it shows',
    access,
    input: z.object({
      setupId: Id,
      code: Code.describe('6 digits the app shows now.'),
      name: AppName,
      replaces: Id.optional().describe('The app whose place it takes, removed in the same step.'),
    }),
    output: z.object({
      authenticator: Authenticator,
      recoveryCodes: z
        .array(z.string())
        .nullable()
        .describe('Issued with the first strong factor.'),
    }),
    refusals: [
      refusals.not_found,
      refusals.code_wrong,
      refusals.too_many,
      personRefusals.last_way_in,
    ],
    rest: 'POST /api/v1/account/two-factor/setup/{setupId}/confirm',
    shownOnce: ['recoveryCodes'],
    limit: { per: 'person', max: 30, windowSeconds: 600 },
  }),
  rename: operation({
    name: 'two-factor.rename',
    summary: 'Rename an authenticator app',
    access,
    input: z.object({ authenticatorId: Id, name: AppName }),
    output: Authenticator,
    refusals: [refusals.not_found],
    rest: 'PATCH /api/v1/account/two-factor/authenticators/{authenticatorId}',
  }),
  reorder: operation({
    name: 'two-factor.reorder',
    summary: 'Put your authenticator apps into the order you like',
    access,
    input: z.object({
      authenticatorIds: z
        .array(Id)
        .min(1)
        .max(authenticatorsMax)
        .describe('Every one of yours, once each.'),
    }),
    output: z.object({}),
    refusals: [refusals.order_stale],
    rest: 'PUT /api/v1/account/two-factor/order',
  }),
  remove: operation({
    name: 'two-factor.remove',
    summary: 'Remove an authenticator app',
    access,
    input: z.object({ authenticatorId: Id }),
    output: z.object({}),
    refusals: [refusals.not_found, personRefusals.last_way_in],
    rest: 'DELETE /api/v1/account/two-factor/authenticators/{authenticatorId}',
  }),
  disable: operation({
    name: 'two-factor.disable',
    summary: 'Remove every authenticator app; recovery codes stay while a passkey needs them',
    access,
    input: z.object({}),
    output: z.object({ removed: z.int().describe('How many there were.') }),
    refusals: [personRefusals.last_way_in],
    rest: 'POST /api/v1/account/two-factor/disable',
    effect: 'one-transaction',
  }),
  regenerateCodes: operation({
    name: 'two-factor.regenerate-codes',
    summary: 'Issue ten new recovery codes; the old ones stop working',
    access,
    input: z.object({}),
    output: z.object({ recoveryCodes: z.array(z.string()) }),
    refusals: [refusals.no_codes],
    rest: 'POST /api/v1/account/two-factor/recovery-codes',
    shownOnce: ['recoveryCodes'],
    limit: { per: 'person', max: 10, windowSeconds: 600 },
  }),
  acknowledgeCodes: operation({
    name: 'two-factor.acknowledge-codes',
    summary: 'Type one recovery code back, to show they are saved; it stays usable',
    access: { permission: 'account.two_factor.manage' },
    input: z.object({
      code: z
        .string()
        .min(1)
        .max(60)
        .meta({ description: 'One of the ten.', examples: ['1-7f3k-9mq2-x4wt-8hzp'] }),
    }),
    output: z.object({ savedAt: z.iso.datetime() }),
    refusals: [refusals.code_wrong],
    rest: 'POST /api/v1/account/two-factor/recovery-codes/acknowledge',
    limit: { per: 'person', max: 10, windowSeconds: 600 },
  }),
}
