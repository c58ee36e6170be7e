import { operation, type PageRoles } from '@latchkey/kit'
import { z } from 'zod'
import { refusals as personRefusals } from '#modules/person/contract.ts'
import { refusals } from './refusals.ts'

export { refusals }

export const pages = { forgot: '/forgot-password', reset: '/reset-password' } as const
export const entrances = Object.values(pages)

/** The profile page changes it in a card. */
export const pageRoles: PageRoles = { 'change-password': { on: 'profile', hash: 'password' } }

const Method = z
  .string()
  .min(1)
  .max(40)
  .meta({
    description: 'One of the `methods` the refusal names.',
    examples: ['totp'],
  })
const Token = z
  .string()
  .min(20)
  .max(200)
  .describe('From the mailed link. Works once, for 30 minutes.')

/** Why a password is refused. Keys of the text files. */
export const Weakness = z.enum([
  'too_short',
  'too_long',
  'common',
  'personal',
  'guessable',
  'breached',
  'same',
])

/** Credentials that a new password does not end. */
export const StillWorking = z
  .object({
    accessTokens: z.int().min(0),
    apiKeys: z.int().min(0).describe('Two while the one that was replaced still works.'),
    sshKeys: z.int().min(0),
  })
  .describe('What a new password does not end, by number.')
export type StillWorking = z.output<typeof StillWorking>

const CurrentPassword = z.string().min(1).max(128).describe('The one you sign in with today.')
/** Checked by the same rule everywhere; the bound here only keeps nonsense out. */
const NewPassword = z
  .string()
  .min(1)
  .max(128)
  .describe('8 characters or more; common, breached and personal ones are refused.')

export const operations = {
  change: operation({
    name: 'password.change',
    summary: 'Change your password; your other sessions end, tokens and keys do not',
    // The current password is in the input: asking for it a second time would prove nothing more.
    access: { permission: 'account.view', assurance: 'recently-confirmed', provenBy: 'password' },
    input: z.object({ currentPassword: CurrentPassword, newPassword: NewPassword }),
    output: z.object({
      endedSessions: z.int().min(0).describe('How many other sessions ended.'),
      stillWorking: StillWorking,
    }),
    refusals: [refusals.wrong, refusals.too_weak],
    rest: 'POST /api/v1/account/password',
    limit: { per: 'person', max: 10, windowSeconds: 600 },
  }),
  assess: operation({
    name: 'password.assess',
    summary: 'How hard a password is to guess, and whether it would be accepted',
    access: {
      anyone: true,
      because: 'The meter is shown before an account exists; nothing is stored',
    },
    input: z.object({
      password: z.string().max(128).describe('The one to be judged. It is not kept.'),
      name: z
        .string()
        .max(100)
        .optional()
        .describe('Whose password it would be: it must not hold the name.'),
      email: z
        .string()
        .max(254)
        .optional()
        .describe('Whose password it would be: it must not hold the address.'),
      token: Token.optional().describe(
        'From a mailed link, so that the password is held against whoever it was sent to.',
      ),
    }),
    output: z.object({
      score: z
        .int()
        .min(0)
        .max(4)
        .meta({
          description:
            '0 (guessed at once) to 4 (safe against offline guessing), as zxcvbn counts.',
          examples: [4],
        }),
      acceptable: z.boolean().describe('Whether it would be taken.'),
      weaknesses: z
        .array(Weakness)
        .meta({ description: 'Why it would be refused.', examples: [[]] }),
      lengthMin: z.int().meta({ description: 'Characters.', examples: [8] }),
    }),
    refusals: [],
    rest: 'POST /api/v1/password/assess',
    limit: { per: 'address', max: 120, windowSeconds: 60 },
  }),
  requestReset: operation({
    name: 'password.request-reset',
    summary: 'Send a link for choosing a new password, if the address has an account',
    access: {
      anyone: true,
      because: 'Who forgot the password cannot sign in; the answer never tells who exists',
    },
    input: z.object({
      email: z.string().min(3).max(254).describe('The address the account signs in with.'),
    }),
    output: z.object({}),
    refusals: [personRefusals.address_invalid],
    rest: 'POST /api/v1/password/forgot',
    limit: { per: 'address', max: 30, windowSeconds: 600 },
  }),
  resetChallenge: operation({
    name: 'password.reset-challenge',
    summary: 'What the browser needs to prove a second factor while choosing a new password',
    access: { anyone: true, because: 'The mailed link is the credential' },
    input: z.object({ token: Token, method: Method }),
    output: z.object({
      challenge: z
        .record(z.string(), z.unknown())
        .describe('For a passkey `ceremonyId` and `options`; empty for what needs none.'),
    }),
    refusals: [refusals.link_invalid, refusals.factor_wrong],
    rest: 'POST /api/v1/password/reset/challenge',
    limit: { per: 'address', max: 30, windowSeconds: 600 },
  }),
  reset: operation({
    name: 'password.reset',
    summary:
      'Choose a new password with the mailed link; every session ends, tokens and keys do not',
    access: {
      anyone: true,
      because: 'The link is the credential: single use, 30 minutes, bound to one account',
    },
    input: z.object({
      token: Token,
      newPassword: NewPassword,
      method: Method.optional().describe(
        'For an account with a second factor: one of the `methods` the refusal names.',
      ),
      proof: z
        .string()
        .min(1)
        .max(20_000)
        .optional()
        .meta({
          description: 'What that method asks for: a code, or for a passkey its JSON.',
          examples: ['492817'],
        }),
    }),
    output: z.object({ stillWorking: StillWorking }),
    refusals: [
      refusals.link_invalid,
      refusals.too_weak,
      refusals.factor_needed,
      refusals.factor_wrong,
    ],
    rest: 'POST /api/v1/password/reset',
    limit: { per: 'address', max: 30, windowSeconds: 600 },
  }),
}
