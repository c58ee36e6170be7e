import { z } from 'zod'
import { Name } from '#modules/person/contract.ts'

export const PasskeyId = z
  .string()
  .min(1)
  .max(64)
  .meta({ examples: ['pky_01k9w4z0v5t6r7q8p9n0m1k2j3'] })
export const CeremonyId = z
  .string()
  .min(1)
  .max(64)
  .meta({
    description: 'From the answer that brought the options. Good for 5 minutes, once.',
    examples: ['cer_01k9w4z0v5t6r7q8p9n0m1k2j3'],
  })
export const PasskeyName = Name.meta({
  description: 'What you call it.',
  examples: ['Phone'],
})

const Base64Url = (max: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]*={0,2}$/)
    .max(max)
    .meta({ examples: ['oWNmbXRkbm9uZQ'] })

/** What `navigator.credentials` answers, as JSON (WebAuthn Level 3 §5.1.8). Checked in full by the verifier. */
const Response = z.object({
  id: Base64Url(1400).describe('Id of the credential.'),
  rawId: Base64Url(1400).describe('The same id.'),
  type: z.literal('public-key').describe('The one kind there is.'),
  authenticatorAttachment: z
    .enum(['platform', 'cross-platform'])
    .nullish()
    .describe('Whether it is built into the device.'),
  clientExtensionResults: z
    .record(z.string().max(60), z.unknown())
    .default({})
    .describe('What extensions answered.'),
})

const asJson = 'The answer of the browser, as its `toJSON()` gives it.'
const ClientData = Base64Url(8000).describe('What the browser signed: challenge and origin.')

export const RegistrationResponse = Response.extend({
  response: z
    .object({
      clientDataJSON: ClientData,
      attestationObject: Base64Url(32_000).describe('The new key, and what vouches for it.'),
      transports: z
        .array(z.string().max(20))
        .max(10)
        .optional()
        .meta({ description: 'How it can be reached.', examples: [['internal', 'hybrid']] }),
      authenticatorData: Base64Url(8000).optional().describe('A part of the attestation object.'),
      publicKey: Base64Url(8000).optional().describe('A part of the attestation object.'),
      publicKeyAlgorithm: z
        .int()
        .optional()
        .meta({ description: 'A COSE algorithm.', examples: [-7] }),
    })
    .describe('What the authenticator made.'),
}).describe(asJson)

export const AuthenticationResponse = Response.extend({
  response: z
    .object({
      clientDataJSON: ClientData,
      authenticatorData: Base64Url(8000).describe(
        'Whether it verified the person, and its counter.',
      ),
      signature: Base64Url(4000).describe('Over the two.'),
      userHandle: Base64Url(200).nullish().describe('Whose passkey it is.'),
    })
    .describe('What the authenticator signed.'),
}).describe(asJson)

export const Passkey = z.object({
  id: PasskeyId,
  name: z.string().meta({ examples: ['Phone'] }),
  provider: z
    .string()
    .nullable()
    .meta({
      description: 'Who keeps it, from its AAGUID; null when that is not known.',
      examples: ['Google Password Manager'],
    }),
  providerIcon: z
    .object({ light: z.string(), dark: z.string() })
    .nullable()
    .meta({
      description:
        'Addresses of the provider’s icon, by colour scheme; null where the operator’s list has none.',
      examples: [null],
    }),
  isSynced: z
    .boolean()
    .describe('Synced between devices by its provider, or bound to the one device.'),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  verifiedAt: z.iso
    .datetime()
    .nullable()
    .describe(
      'Since when it counts as two factors, because it verified the person. `null`: as one, and another is asked for.',
    ),
  suspectedAt: z.iso
    .datetime()
    .nullable()
    .describe('When it was last seen to count backwards, as a copy would. `null`: never.'),
})
export type Passkey = z.output<typeof Passkey>

export const Ceremony = z.object({
  ceremonyId: CeremonyId,
  options: z
    .record(z.string(), z.unknown())
    .describe(
      'For `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` of the browser.',
    ),
})

/** For the Signal API (WebAuthn Level 3 §5.1.10): what the browser's provider should know about this account. */
export const Signals = z
  .object({
    rpId: z.string().meta({ examples: ['account.example.com'] }),
    userHandle: z
      .string()
      .nullable()
      .meta({ examples: ['oWNmbXRkbm9uZQ'] }),
    credentialIds: z.array(z.string()).meta({ examples: [['oWNmbXRkbm9uZQ']] }),
    name: z.string().meta({ examples: ['ada@example.com'] }),
    displayName: z.string().meta({ examples: ['Ada Lovelace'] }),
  })
  .describe('For the Signal API of the browser: what its password manager should know.')
