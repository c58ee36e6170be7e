import { z } from 'zod'
import { Name } from '#modules/person/contract.ts'
import { Methods } from '#modules/sessions/contract.ts'

/** RFC 5321 §4.5.3.1.3 allows 254 characters in a forward path. Canonicalised before any look-up. */
export const EmailInput = z.string().min(3).max(254).describe('What the account signs in with.')
export const PasswordInput = z.string().min(1).max(128)
export const NewPassword = PasswordInput.describe(
  '8 characters or more; common, breached and personal ones are refused.',
)
export const PersonName = Name.describe('How others see you.')
export const TokenInput = z.string().min(20).max(200).describe('From the mailed link.')
export const Method = z
  .string()
  .min(1)
  .max(40)
  .meta({ description: 'One of the `methods` that were offered.', examples: ['totp'] })
export const ProofInput = z
  .string()
  .min(1)
  .max(20_000)
  .meta({
    description:
      'What the method asks for: a code as typed, the password, or for a passkey the JSON `{ ceremonyId, response }`.',
    examples: ['492817'],
  })
export const Challenge = z.object({
  challenge: z
    .record(z.string(), z.unknown())
    .describe('For a passkey `ceremonyId` and `options`; empty for what needs none.'),
})

export const Status = z.object({
  setup: z
    .enum(['waiting', 'done'])
    .meta({ description: '`waiting`: nobody has an account yet.', examples: ['done'] }),
  signUp: z
    .enum(['open', 'invite', 'closed'])
    .meta({ description: 'Who may join: a setting of the operator.', examples: ['invite'] }),
  organisationName: z.string().nullable(),
  signedIn: z.boolean(),
  pending: z.boolean().meta({
    description: 'A sign-in of this browser waits for its second step.',
    examples: [false],
  }),
})

export const SetUp = z.object({
  code: z
    .string()
    .min(1)
    .max(100)
    .meta({
      description: 'The code the server printed when it started.',
      examples: ['cfs_oWNmbXRkbm9uZQ4bW9ja2luZ2JpcmQtdmlvbGluLXN1'],
    }),
  organisationName: Name.describe('Of the organisation everybody here will belong to.'),
  name: PersonName,
  email: EmailInput,
  password: NewPassword,
})

export const Pending = z.object({
  methods: Methods,
  triesLeft: z.int().meta({ description: 'Then it starts again.', examples: [5] }),
  expiresAt: z.iso.datetime().describe('Until then it waits.'),
})
