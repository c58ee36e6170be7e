import { defineRefusals, operation } from '@latchkey/kit'
import { z } from 'zod'

export const pages = { apiKey: '/admin/account/api-key' } as const

export const refusals = defineRefusals({
  not_found: {
    code: 'api-key.not_found',
    status: 404,
    title: 'There is no API key.',
    help: 'It may have been deleted in another window. Create one on the API key page.',
  },
  exists: {
    code: 'api-key.exists',
    status: 409,
    title: 'There is an API key already.',
    help: 'A person has one. Copy it, or regenerate it to get another.',
  },
  changed: {
    code: 'api-key.changed',
    status: 409,
    title: 'The API key has been replaced or deleted meanwhile.',
    help: 'Somebody was quicker, perhaps you in another window. Reload to see what is there, then decide again.',
  },
  unreadable: {
    code: 'api-key.unreadable',
    status: 409,
    title: 'The stored API key cannot be opened.',
    help: 'It still works where it is in use, but it cannot be shown again. Regenerate it, and tell your operator: the database was changed or belongs to another key file.',
  },
})

/** Hours. How long a replaced key works on when an overlap was chosen. */
export const overlapHours = 24

const permission = 'account.api_key.manage'
const managing = { permission, assurance: 'recently-confirmed' } as const
const often = { per: 'person', max: 60, windowSeconds: 3600 } as const

const shown = {
  lastFour: z.string().meta({ description: 'Its last four characters.', examples: ['XaQ5'] }),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable().describe('Noted once a minute at the most.'),
  lastUsedAddress: z.string().nullable().describe('IP address of the last call.'),
  lastUsedAgent: z.string().nullable().describe('What the last call named as its program.'),
}

const Id = z
  .string()
  .min(1)
  .max(64)
  .meta({ examples: ['key_01k9w4z0v5t6r7q8p9n0m1k2j3'] })
const Key = z.string().meta({
  description: 'The key itself, to be sent as a bearer token or with your address as Basic.',
  examples: ['cfk_B4nT8wYq2HsM6xKc0VrL9zPdJ3gF7e1uXaQ5'],
})

export const ApiKey = z.object({ id: Id, ...shown })
export type ApiKey = z.output<typeof ApiKey>

export const ReplacedKey = z.object({
  ...shown,
  endsAt: z.iso.datetime().describe('It works until then.'),
})
export type ReplacedKey = z.output<typeof ReplacedKey>

const State = z.object({
  apiKey: ApiKey.nullable(),
  replaced: ReplacedKey.nullable().describe('The key it took the place of, while both work.'),
})

const Issued = State.extend({ key: Key })

export const operations = {
  read: operation({
    name: 'api-key.read',
    summary: 'Your API key by its last four characters, and when it was last used',
    access: { permission },
    input: z.object({}),
    output: State,
    refusals: [],
    rest: 'GET /api/v1/account/api-key',
  }),
  create: operation({
    name: 'api-key.create',
    summary: 'Create the API key; a person has one',
    access: managing,
    input: z.object({}),
    output: Issued,
    refusals: [refusals.exists],
    rest: 'POST /api/v1/account/api-key',
    idempotency: 'required',
    effect: 'one-transaction',
    shownOnce: ['key'],
    limit: often,
  }),
  reveal: operation({
    name: 'api-key.reveal',
    summary: 'Show the API key whole, to copy it',
    access: managing,
    input: z.object({}),
    output: z.object({ key: Key }),
    refusals: [refusals.not_found, refusals.unreadable],
    rest: 'POST /api/v1/account/api-key/reveal',
    shownOnce: ['key'],
    limit: often,
  }),
  regenerate: operation({
    name: 'api-key.regenerate',
    summary: 'Replace the API key; calls with the old one fail at once, or after 24 hours',
    access: managing,
    input: z.object({
      keyId: Id.describe(
        'Id of the key that shall be replaced, so that of two windows only one does it.',
      ),
      overlap: z
        .enum(['none', '24-hours'])
        .default('none')
        .describe(
          '`24-hours`: the old one works on for a day, and one it replaced ends now. `none`: it ends now.',
        ),
    }),
    output: Issued,
    refusals: [refusals.changed],
    rest: 'POST /api/v1/account/api-key/regeneration',
    idempotency: 'required',
    effect: 'one-transaction',
    shownOnce: ['key'],
    limit: often,
  }),
  revoke: operation({
    name: 'api-key.revoke',
    summary:
      'Delete the API key, and with it the one it replaced; calls with them fail from now on',
    access: managing,
    input: z.object({}),
    output: z.object({}),
    refusals: [refusals.not_found],
    rest: 'DELETE /api/v1/account/api-key',
    endsAccess: true,
  }),
}
