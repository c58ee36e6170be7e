import { z } from 'zod'

export const AccessToken = z.object({
  id: z.string().meta({ examples: ['tok_01k9w4z0v5t6r7q8p9n0m1k2j3'] }),
  name: z.string().meta({ examples: ['Deployment'] }),
  lastFour: z.string().meta({ description: 'Its last four characters.', examples: ['TeW6'] }),
  scopes: z.array(z.string()).describe('What it was granted.'),
  state: z
    .enum(['active', 'replaced', 'expired', 'revoked'])
    .describe('`replaced`: still works until `expiresAt`, because it was rotated with an overlap.'),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable().describe('`null`: it does not expire.'),
  revokedAt: z.iso
    .datetime()
    .nullable()
    .meta({ description: '`null`: it was not revoked.', examples: [null] }),
  revokedBecause: z
    .enum(['revoked', 'rotated', 'leaked', 'recovered'])
    .nullable()
    .meta({
      description:
        '`leaked`: it was reported as found in the open. `recovered`: its person got the account back.',
      examples: [null],
    }),
  replacedBy: z
    .string()
    .nullable()
    .meta({ description: 'Id of the token that took its place.', examples: [null] }),
  lastUsedAt: z.iso.datetime().nullable().describe('Noted once a minute at the most.'),
  lastUsedAddress: z.string().nullable().describe('IP address of the last call.'),
  lastUsedAgent: z.string().nullable().describe('What the last call named as its program.'),
})
export type AccessToken = z.output<typeof AccessToken>

export const Created = z.object({
  token: z.string().meta({
    description: 'The token itself. This is the only time it is shown.',
    examples: ['cfp_R7mQ2xKd9LwZ4tVb8NcH1yPsG5fJ3a0uTeW6'],
  }),
  accessToken: AccessToken,
  ignoredScopes: z
    .array(z.string())
    .meta({ description: 'Asked for, and offered by nothing here.', examples: [[]] }),
})

export const Offer = z.object({
  scopes: z.array(
    z.object({
      id: z.string().meta({ examples: ['account:read'] }),
      label: z.string().meta({ examples: ['Account: read'] }),
      allows: z.string().meta({ examples: ['Read your profile, picture and audit log.'] }),
      isNeededHere: z
        .boolean()
        .describe(
          'Whether an operation here needs it, or one it implies. If not, only applications behind Latchkey may.',
        ),
      implies: z
        .array(z.string())
        .meta({ description: 'Scopes of this list that come with it.', examples: [[]] }),
    }),
  ),
  usualLifetimeDays: z
    .int()
    .meta({ description: 'Days. What an absent expiry means.', examples: [365] }),
  lifetimeDaysMax: z
    .int()
    .nullable()
    .meta({ description: 'Days. `null`: tokens without expiry are allowed.', examples: [null] }),
})
