import { defineRefusals, operation, streamOutput } from '@latchkey/kit'
import { z } from 'zod'
import { SessionName } from './shapes.ts'

export { KeepSignedIn, Methods, SignedIn } from './shapes.ts'

export const pages = { list: '/admin/account/sessions' } as const

export const refusals = defineRefusals({
  not_found: {
    code: 'sessions.not_found',
    status: 404,
    title: 'There is no such session.',
    help: 'It may have ended already. Reload the list to see what is open now.',
  },
})

/** One signed-in browser of a user. Unknown facts are null. */
export const Session = z.object({
  id: z.string().meta({ examples: ['ses_01k9w4z0v5t6r7q8p9n0m1k2j3'] }),
  name: z
    .string()
    .nullable()
    .meta({
      description: 'What you call it; null while it has no name.',
      examples: ['Work laptop'],
    }),
  isCurrent: z.boolean().describe('The one this call was made with.'),
  browser: z.string().nullable(),
  browserVersion: z.string().nullable(),
  operatingSystem: z.string().nullable(),
  operatingSystemVersion: z.string().nullable(),
  deviceModel: z
    .string()
    .nullable()
    .meta({ description: 'Phones and tablets tell it.', examples: [null] }),
  deviceType: z.enum(['desktop', 'phone', 'tablet', 'tv', 'program', 'unknown']),
  engine: z
    .string()
    .nullable()
    .meta({ examples: ['Gecko'] }),
  architecture: z
    .string()
    .nullable()
    .meta({ description: 'Of the processor.', examples: ['x86_64'] }),
  address: z.string().describe('IP address of the last call.'),
  location: z.object({
    kind: z.enum(['country', 'local', 'unknown']),
    countryCode: z.string().nullable().describe('ISO 3166-1 alpha-2, when `kind` is `country`.'),
    city: z.string().nullable(),
  }),
  signInMethod: z.string().meta({ examples: ['password'] }),
  keepSignedIn: z.boolean().describe('Whether it outlives the browser being closed.'),
  createdAt: z.iso.datetime(),
  lastAuthenticatedAt: z.iso.datetime().describe('When it last proved it is you.'),
  lastActiveAt: z.iso.datetime(),
  modifiedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().describe('Ends then at the latest, used or not.'),
  idleExpiresAt: z.iso.datetime().describe('Ends then unless it is used before.'),
  deviceFirstSeenAt: z.iso
    .datetime()
    .nullable()
    .describe('When this browser was first seen with this account.'),
})
export type Session = z.output<typeof Session>

export const operations = {
  list: operation({
    name: 'sessions.list',
    summary: 'Where you are signed in; this device first, then by last activity',
    access: { permission: 'account.sessions.manage' },
    input: z.object({
      after: z.string().max(200).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
    output: z.object({ sessions: z.array(Session), next: z.string().nullable(), total: z.int() }),
    refusals: [],
    rest: 'GET /api/v1/account/sessions',
  }),
  rename: operation({
    name: 'sessions.rename',
    summary: 'Give a session a name of your own, or take it away',
    access: { permission: 'account.sessions.manage' },
    input: z.object({
      sessionId: z.string().min(1).max(64),
      name: SessionName,
    }),
    output: z.object({
      id: z.string().meta({ examples: ['ses_01k9w4z0v5t6r7q8p9n0m1k2j3'] }),
      name: z
        .string()
        .nullable()
        .meta({ examples: ['Work laptop'] }),
    }),
    refusals: [refusals.not_found],
    rest: 'PATCH /api/v1/account/sessions/{sessionId}',
  }),
  end: operation({
    name: 'sessions.end',
    summary: 'Sign one device out',
    access: { permission: 'account.sessions.manage', assurance: 'recently-confirmed' },
    input: z.object({ sessionId: z.string().min(1).max(64) }),
    output: z.object({}),
    refusals: [refusals.not_found],
    rest: 'DELETE /api/v1/account/sessions/{sessionId}',
    endsAccess: true,
  }),
  endOthers: operation({
    name: 'sessions.end-others',
    summary: 'Sign out everywhere except on this device',
    access: { permission: 'account.sessions.manage', assurance: 'recently-confirmed' },
    input: z.object({}),
    output: z.object({ endedSessions: z.int().min(0).describe('How many sessions ended.') }),
    refusals: [],
    rest: 'POST /api/v1/account/sessions/end-others',
    endsAccess: true,
    effect: 'one-transaction',
  }),
  watch: operation({
    name: 'sessions.watch',
    summary: 'Stream that says when this session ends, so that open pages can leave',
    access: { permission: 'account.view' },
    input: z.object({}),
    output: streamOutput(
      z.object({ kind: z.enum(['open', 'ended']).describe('`ended` is the last message.') }),
    ),
    refusals: [],
    rest: 'GET /api/v1/account/sessions/watch',
  }),
}
