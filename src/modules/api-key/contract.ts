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
  lastFour: z.string(),
  createdAt: z.iso.datetime(),
  /** Noted once a minute at the most. */
  lastUsedAt: z.iso.datetime().nullable(),
  lastUsedAddress: z.string().nullable(),
  lastUsedAgent: z.string().nullable(),
}

export const ApiKey = z.object({ id: z.string(), ...shown })
export type ApiKey = z.output<typeof ApiKey>

export const ReplacedKey = z.object({
  ...shown,
  /** It works until then. */
  endsAt: z.iso.datetime(),
})
export type ReplacedKey = z.output<typeof ReplacedKey>

const State = z.object({
  apiKey: ApiKey.nullable(),
  /** The key it took the place of, while both work. */
  replaced: ReplacedKey.nullable(),
})

const Issued = State.extend({
  key: z.string(),
})

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
    output: z.object({ key: z.string() }),
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
      /** Id of the key that shall be replaced, so that of two windows only one does it. */
      keyId: z.string().min(1).max(64),
      /** `24-hours`: the old one works on for a day. One that was replaced before it ends now. */
      overlap: z.enum(['none', '24-hours']).default('none'),
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
  }),
}
