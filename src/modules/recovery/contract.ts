import { defineRefusals, operation } from '@latchkey/kit'
import { z } from 'zod'
import { refusals as passwordRefusals } from '#modules/password/contract.ts'
import { refusals as personRefusals } from '#modules/person/contract.ts'

export const pages = { recover: '/recover', stop: '/stop-recovery' } as const
export const entrances = Object.values(pages)

export const refusals = defineRefusals({
  link_invalid: {
    code: 'recovery.link_invalid',
    status: 410,
    title: 'This link has been used or is no longer valid.',
    help: 'The recovery was stopped, finished, or waited too long. Ask an operator to start another one.',
  },
  under_way: {
    code: 'recovery.under_way',
    status: 409,
    title: 'A recovery of this account is under way.',
    help: 'Wait for it, or stop it first.',
  },
  none: {
    code: 'recovery.none',
    status: 404,
    title: 'No recovery of this account is under way.',
    help: 'It may have been stopped or finished meanwhile.',
  },
})

const Token = z.string().min(20).max(200).describe('From the mailed link.')
const UserId = z.string().min(1).max(64)

export const Recovery = z.object({
  startedAt: z.iso.datetime(),
  readyAt: z.iso.datetime().describe('From here on the link in the second mail works.'),
})

const operator = { permission: 'people.manage', assurance: 'recently-confirmed' } as const

export const operations = {
  read: operation({
    name: 'recovery.read',
    summary: 'Whether somebody is recovering your account',
    access: { permission: 'account.view' },
    input: z.object({}),
    output: z.object({ recovery: Recovery.nullable() }),
    refusals: [],
    rest: 'GET /api/v1/account/recovery',
  }),
  stop: operation({
    name: 'recovery.stop',
    summary: 'Stop a recovery of your account that you did not ask for',
    access: { permission: 'account.view' },
    input: z.object({}),
    output: z.object({}),
    refusals: [refusals.none],
    rest: 'DELETE /api/v1/account/recovery',
    endsAccess: true,
  }),
  stopByLink: operation({
    name: 'recovery.stop-by-link',
    summary: 'Stop a recovery with the link from the mail',
    access: {
      anyone: true,
      because: 'Who lost every way in, or is being robbed of them, has only the mail',
    },
    input: z.object({ token: Token }),
    output: z.object({}),
    refusals: [refusals.link_invalid],
    rest: 'POST /api/v1/recovery/stop',
    endsAccess: true,
    limit: { per: 'address', max: 30, windowSeconds: 600 },
  }),
  start: operation({
    name: 'recovery.start',
    summary:
      'Start recovering the account of somebody who lost every way in; they are told and have 24 hours to stop it',
    access: operator,
    input: z.object({ userId: UserId }),
    output: Recovery,
    refusals: [refusals.under_way, personRefusals.not_found, personRefusals.above_you],
    rest: 'POST /api/v1/people/{userId}/recovery',
    effect: 'one-transaction',
    limit: { per: 'person', max: 20, windowSeconds: 3600 },
  }),
  cancel: operation({
    name: 'recovery.cancel',
    summary: 'Take back a recovery you or another operator started',
    access: operator,
    input: z.object({ userId: UserId }),
    output: z.object({}),
    refusals: [refusals.none, personRefusals.not_found, personRefusals.above_you],
    rest: 'DELETE /api/v1/people/{userId}/recovery',
    endsAccess: true,
  }),
  finish: operation({
    name: 'recovery.finish',
    summary:
      'Choose a new password after the wait; second factors, passkeys and keys of before are removed',
    access: {
      anyone: true,
      because:
        'The mailed link is the credential: single use, bound to one account, after 24 hours',
    },
    input: z.object({
      token: Token,
      newPassword: z
        .string()
        .min(1)
        .max(128)
        .describe('8 characters or more; common, breached and personal ones are refused.'),
    }),
    output: z.object({}),
    refusals: [refusals.link_invalid, passwordRefusals.too_weak],
    rest: 'POST /api/v1/recovery/finish',
    limit: { per: 'address', max: 30, windowSeconds: 600 },
  }),
}
