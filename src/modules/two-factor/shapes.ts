import { z } from 'zod'
import { Name } from '#modules/person/contract.ts'

export const Id = z
  .string()
  .min(1)
  .max(64)
  .meta({ examples: ['otp_01k9w4z0v5t6r7q8p9n0m1k2j3'] })
export const AppName = Name.meta({ description: 'What you call the app.', examples: ['Phone'] })
/** Digits as people type them: with blanks in between. */
export const Code = z
  .string()
  .max(20)
  .transform((text) => text.replace(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'must be 6 digits'))

export const Authenticator = z.object({
  id: Id,
  name: z.string().meta({ examples: ['Phone'] }),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type Authenticator = z.output<typeof Authenticator>

export const TwoFactor = z.object({
  isOn: z.boolean().describe('Whether a second step is asked for after the password.'),
  authenticators: z.array(Authenticator),
  recoveryCodes: z
    .object({
      total: z.int().meta({ examples: [10] }),
      remaining: z.int().meta({ description: 'Not used yet.', examples: [8] }),
      createdAt: z.iso.datetime(),
      savedAt: z.iso
        .datetime()
        .nullable()
        .describe('When one was typed back or used, which shows they are kept.'),
    })
    .nullable(),
})
export type TwoFactor = z.output<typeof TwoFactor>

/** What an authenticator app is set up with (RFC 6238). */
export const Begun = z.object({
  setupId: Id,
  secret: z.string().describe('RFC 4648 base32, without padding.'),
  uri: z.string().describe('What the QR code says.'),
  issuer: z.string().meta({ examples: ['Example Ltd'] }),
  account: z.string().meta({ examples: ['ada@example.com'] }),
  algorithm: z.literal('SHA1'),
  digits: z.literal(6),
  periodSeconds: z.literal(30),
  expiresAt: z.iso.datetime(),
})
