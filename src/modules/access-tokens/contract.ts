import { operation } from '@latchkey/kit'
import { z } from 'zod'
import { Name } from '#modules/person/contract.ts'
import { refusals } from './refusals.ts'
import { AccessToken, Created, Offer } from './shapes.ts'

export { AccessToken } from './shapes.ts'
export { refusals }

export const pages = { list: '/admin/account/tokens', create: '/admin/account/tokens/new' } as const

/** Scopes that no module here declares: an application may still ask for them with `verify?scope=`. */
export const scopes = [
  {
    id: 'api:full',
    label: 'API: full access',
    allows:
      'Make every API call your role allows, except those about signing in, sessions, tokens and the API key, and those that ask you to confirm it is you.',
  },
  { id: 'mcp', label: 'MCP: full access', allows: 'Use every tool offered to AI agents.' },
  { id: 'mcp:analytics', label: 'Analytics', allows: 'Read and write analytics.' },
  {
    id: 'mcp:analytics:read',
    label: 'Analytics: read',
    allows: 'Read reports, datasets, goals, funnels and telemetry.',
  },
  {
    id: 'mcp:analytics:write',
    label: 'Analytics: write',
    allows: 'Create and update goals, and record conversions.',
  },
  { id: 'mcp:flows', label: 'Flows', allows: 'Everything offered for flows.' },
  { id: 'mcp:flows:read', label: 'Flows: read', allows: 'List and read flows.' },
  { id: 'mcp:connections', label: 'Connections', allows: 'Everything offered for connections.' },
  {
    id: 'mcp:connections:read',
    label: 'Connections: read',
    allows: 'List connections and their metadata.',
  },
  {
    id: 'mcp:connections:manage',
    label: 'Connections: manage',
    allows: 'Run live connection tests.',
  },
  { id: 'mcp:history:read', label: 'History: read', allows: 'Read execution and run history.' },
  { id: 'mcp:config:read', label: 'Config: read', allows: 'Read settings that are not secret.' },
] as const

/** Tokens in use at once, per person. */
export const tokensMax = 100
/** Days. Default when no expiry is given. */
export const usualLifetimeDays = 365
/** Days. A later expiry is as good as none, and a token without expiry says so plainly. */
export const longestLifetimeDays = 3650
/** Days. How long an ended token stays in the list. */
export const listedAfterEndDays = 90
const scopesMax = 100

const Id = z
  .string()
  .min(1)
  .max(64)
  .meta({ examples: ['tok_01k9w4z0v5t6r7q8p9n0m1k2j3'] })
const ScopeId = z.string().min(1).max(100)

const permission = 'account.tokens.manage'

export const operations = {
  offer: operation({
    name: 'access-tokens.offer',
    summary: 'Scopes a token can be granted, and how long one may live',
    access: { permission },
    input: z.object({}),
    output: Offer,
    refusals: [],
    rest: 'GET /api/v1/account/tokens/offer',
  }),
  list: operation({
    name: 'access-tokens.list',
    summary: 'Your access tokens, newest first; those that are over for 90 days',
    access: { permission },
    input: z.object({
      state: z
        .enum(['all', 'active', 'ended'])
        .default('all')
        .describe('`active`: those that work. `ended`: expired, revoked or replaced ones.'),
      after: z.string().max(64).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    output: z.object({ tokens: z.array(AccessToken), next: z.string().nullable() }),
    refusals: [],
    rest: 'GET /api/v1/account/tokens',
  }),
  create: operation({
    name: 'access-tokens.create',
    summary: 'Create an access token; it is shown this once',
    access: { permission, assurance: 'recently-confirmed' },
    input: z.object({
      name: Name.meta({
        description: 'What you call the token; shown in lists and mails.',
        examples: ['Deployment'],
      }),
      scopes: z
        .array(ScopeId)
        .max(scopesMax)
        .default([])
        .meta({
          description:
            'What it may do, of those `GET /api/v1/account/tokens/offer` names; others are ignored. Without any it can only ask who it is.',
          examples: [['account:read']],
        }),
      expiresAt: z.iso
        .datetime({ offset: true })
        .nullable()
        .optional()
        .describe(
          'When it stops working. Absent: after 365 days, or as long as is allowed. `null`: never, where that is allowed.',
        ),
    }),
    output: Created,
    refusals: [refusals.too_many, refusals.expires_in_past, refusals.lifetime_too_long],
    rest: 'POST /api/v1/account/tokens',
    idempotency: 'required',
    effect: 'one-transaction',
    shownOnce: ['token'],
    limit: { per: 'person', max: 60, windowSeconds: 3600 },
  }),
  rotate: operation({
    name: 'access-tokens.rotate',
    summary: 'Replace a token by a new one with the same name, scopes and lifetime',
    access: { permission, assurance: 'recently-confirmed' },
    input: z.object({
      tokenId: Id,
      overlap: z
        .enum(['none', '24-hours'])
        .default('none')
        .describe('`24-hours`: the old one works on for a day. `none`: it ends now.'),
    }),
    output: Created.omit({ ignoredScopes: true }),
    refusals: [refusals.not_found, refusals.already_rotated, refusals.too_many],
    rest: 'POST /api/v1/account/tokens/{tokenId}/rotation',
    idempotency: 'required',
    effect: 'one-transaction',
    shownOnce: ['token'],
    limit: { per: 'person', max: 60, windowSeconds: 3600 },
  }),
  revoke: operation({
    name: 'access-tokens.revoke',
    summary: 'Revoke a token; calls with it fail from now on',
    access: { permission, assurance: 'recently-confirmed' },
    input: z.object({ tokenId: Id }),
    output: z.object({}),
    refusals: [refusals.not_found],
    rest: 'DELETE /api/v1/account/tokens/{tokenId}',
    endsAccess: true,
  }),
}
