import { z } from 'zod'
import { Name } from '#modules/person/contract.ts'

/** A link really leads to the host after an @, and invisible characters can reverse the text. */
const plainAddress = /^https?:\/\/[^\s/?#@\\\p{Cc}\p{Cf}]+([/?#][^\s\\\p{Cc}\p{Cf}]*)?$/iu

const WebAddress = z.url({ protocol: /^https?$/, hostname: z.regexes.domain }).regex(plainAddress)
const isWebAddress = (text: string): boolean => WebAddress.safeParse(text).success

const Website = z
  .string()
  .max(200)
  .refine((text) => text === '' || isWebAddress(text), {
    error: 'must be an address like https://example.com, with a full host name',
  })
  .nullable()
  .transform((value) => value || null)
const Phone = z
  .string()
  .trim()
  .max(30)
  .regex(/^(\+?[0-9 ().-]{3,})?$/, 'takes digits, blanks and + ( ) . - only, 3 or more')
  .nullable()
  .transform((value) => value || null)
/** A name that every Unix accepts for an account: the rule of useradd(8), without a leading underscore. */
export const Username = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{1,31}$/,
    'takes 2 to 32 lower-case letters, digits, - and _, the first one a letter',
  )
const JobTitle = z
  .union([Name, z.literal(''), z.null()], 'must be a text of 1 to 100 characters, or null')
  .transform((value) => value || null)

const clears = '`null` or an empty text clears it.'
export const ProfileChange = z.object({
  name: Name.optional().describe('How others see you.'),
  jobTitle: JobTitle.optional().describe(clears),
  website: Website.optional().describe(
    `An address with http or https and a full host name. ${clears}`,
  ),
  phone: Phone.optional().describe(`Digits, blanks and + ( ) . - only. ${clears}`),
})

const part = 'The four together; the whole picture when absent.'
/** In parts of the picture's width and height, after its orientation is applied. */
export const Crop = z.object({
  left: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({
      description: `Where the crop begins, as a part of the width. ${part}`,
      examples: [0.1],
    }),
  top: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({
      description: `Where the crop begins, as a part of the height. ${part}`,
      examples: [0],
    }),
  width: z.coerce
    .number()
    .positive()
    .max(1)
    .optional()
    .meta({
      description: `How wide the crop is, as a part of the width. ${part}`,
      examples: [0.8],
    }),
  height: z.coerce
    .number()
    .positive()
    .max(1)
    .optional()
    .meta({
      description: `How high the crop is, as a part of the height. ${part}`,
      examples: [0.8],
    }),
})

const OrganisationName = z.string().meta({ examples: ['Example Ltd'] })

export const Profile = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  username: z
    .string()
    .nullable()
    .describe('The handle servers know you by; null until you choose one.'),
  jobTitle: z.string().nullable(),
  website: z.string().nullable(),
  phone: z.string().nullable(),
  pictureUrl: z.string().nullable().describe('`null`: initials are shown.'),
  organisation: z.object({
    name: OrganisationName,
    website: z.string().nullable(),
    role: z.string().describe('Your role in it.'),
  }),
})
export type Profile = z.output<typeof Profile>

export const Me = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  pictureUrl: z.string().nullable().describe('`null`: initials are shown.'),
  organisation: z.object({
    id: z.string().meta({ examples: ['org_01k9w4z0v5t6r7q8p9n0m1k2j3'] }),
    name: OrganisationName,
  }),
  role: z.string(),
  credential: z.object({
    kind: z
      .enum(['session', 'token', 'api-key', 'agent'])
      .describe('What this call was made with.'),
    scopes: z
      .union([z.literal('all'), z.array(z.string())])
      .describe('`all`: whatever the role allows.'),
    expiresAt: z.iso
      .datetime()
      .nullable()
      .describe(
        'Ends then at the latest; an unused session ends earlier, see sessions.list. `null`: it does not expire.',
      ),
    authenticatedAt: z.iso
      .datetime()
      .nullable()
      .describe('When a session last proved it is you; null for keys.'),
  }),
  permissions: z.array(z.string()).meta({
    description: 'What the role carries, with the namespace of this installation.',
    examples: [['comerix.account.view']],
  }),
})
export type Me = z.output<typeof Me>
