import { operation } from '@latchkey/kit'
import { z } from 'zod'
import { refusals as personRefusals, Role } from '#modules/person/contract.ts'
import { refusals } from './refusals.ts'

export { refusals }

export const pages = { list: '/admin/people' } as const

export const PersonRow = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  username: z
    .string()
    .nullable()
    .describe('The handle servers know them by; null until they choose one.'),
  role: z.string(),
  pictureUrl: z.string().nullable().describe('`null`: initials are shown.'),
  isYou: z.boolean(),
  createdAt: z.iso.datetime(),
  disabledAt: z.iso
    .datetime()
    .nullable()
    .meta({ description: '`null`: they can sign in.', examples: [null] }),
  recovery: z
    .object({ startedAt: z.iso.datetime(), readyAt: z.iso.datetime() })
    .nullable()
    .meta({
      description: 'One that is under way; null also for those who may not manage people.',
      examples: [null],
    }),
})
export type PersonRow = z.output<typeof PersonRow>

const InvitationId = z
  .string()
  .min(1)
  .max(64)
  .meta({ examples: ['inv_01k9w4z0v5t6r7q8p9n0m1k2j3'] })

export const InvitationRow = z.object({
  invitationId: InvitationId,
  email: z.string(),
  role: z.string(),
  invitedBy: z
    .string()
    .nullable()
    .meta({
      description: 'Name of who sent it. `null`: the operator.',
      examples: ['Ada Lovelace'],
    }),
  sentAt: z.iso.datetime().describe('When the link that works now was sent.'),
  expiresAt: z.iso
    .datetime()
    .describe('The link works until then; sending again gives it 7 more days.'),
})
export type InvitationRow = z.output<typeof InvitationRow>

const OneInvitation = z.object({
  invitationId: InvitationId.describe('From the list of invitations.'),
})

/** No scope for changes: only a user who has just confirmed their identity decides who is let in. */
export const scopes = [
  {
    id: 'people:read',
    label: 'People: read',
    allows: 'List who belongs to your organisation or is invited, if your role may.',
  },
] as const

export const operations = {
  list: operation({
    name: 'people.list',
    summary: 'Everybody in the organisation, by name',
    access: { permission: 'people.view', scope: 'people:read' },
    input: z.object({
      after: z.string().max(300).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
    output: z.object({ people: z.array(PersonRow), next: z.string().nullable() }),
    refusals: [],
    rest: 'GET /api/v1/people',
  }),
  invite: operation({
    name: 'people.invite',
    summary: 'Invite somebody by mail; the link works once and for 7 days',
    access: { permission: 'people.manage', assurance: 'recently-confirmed' },
    input: z.object({
      email: z
        .string()
        .min(3)
        .max(254)
        .meta({
          description: 'Where the link goes, and what they will sign in with.',
          examples: ['grace@example.com'],
        }),
      role: Role,
    }),
    output: z.object({
      invitationId: InvitationId.describe('For sending it again, or withdrawing it.'),
      expiresAt: z.iso.datetime().describe('Until then the link works.'),
    }),
    refusals: [
      refusals.already_member,
      personRefusals.above_you,
      personRefusals.address_invalid,
      refusals.invited_too_often,
      refusals.closed,
    ],
    rest: 'POST /api/v1/invitations',
    idempotency: 'required',
    effect: 'one-transaction',
    limit: { per: 'person', max: 50, windowSeconds: 3600 },
  }),
  listInvitations: operation({
    name: 'people.list-invitations',
    summary: 'Invitations nobody has used yet, the latest first',
    access: { permission: 'people.manage', scope: 'people:read' },
    input: z.object({
      after: z.string().max(300).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
    output: z.object({ invitations: z.array(InvitationRow), next: z.string().nullable() }),
    refusals: [],
    rest: 'GET /api/v1/invitations',
  }),
  resendInvitation: operation({
    name: 'people.resend-invitation',
    summary: 'Mail a new link to somebody who was invited; the one before stops working',
    access: { permission: 'people.manage', assurance: 'recently-confirmed' },
    input: OneInvitation,
    output: z.object({ expiresAt: z.iso.datetime() }),
    refusals: [
      refusals.invitation_not_found,
      personRefusals.above_you,
      refusals.already_member,
      refusals.closed,
      refusals.invited_too_often,
    ],
    rest: 'POST /api/v1/invitations/{invitationId}/resend',
    idempotency: 'required',
    effect: 'one-transaction',
    limit: { per: 'person', max: 50, windowSeconds: 3600 },
  }),
  withdrawInvitation: operation({
    name: 'people.withdraw-invitation',
    summary: 'Withdraw an invitation: its link stops working at once',
    access: { permission: 'people.manage', assurance: 'recently-confirmed' },
    input: OneInvitation,
    output: z.object({}),
    refusals: [refusals.invitation_not_found, personRefusals.above_you],
    rest: 'DELETE /api/v1/invitations/{invitationId}',
    endsAccess: true,
  }),
  disable: operation({
    name: 'people.disable',
    summary: 'Disable an account: its sessions end and it cannot sign in',
    access: { permission: 'people.manage', assurance: 'recently-confirmed' },
    input: z.object({ userId: z.string().min(1).max(64) }),
    output: z.object({}),
    refusals: [personRefusals.not_found, refusals.last_owner, personRefusals.above_you],
    rest: 'POST /api/v1/people/{userId}/disable',
    endsAccess: true,
    effect: 'one-transaction',
  }),
  enable: operation({
    name: 'people.enable',
    summary: 'Let a disabled account sign in again',
    access: { permission: 'people.manage', assurance: 'recently-confirmed' },
    input: z.object({ userId: z.string().min(1).max(64) }),
    output: z.object({}),
    refusals: [personRefusals.not_found, personRefusals.above_you],
    rest: 'POST /api/v1/people/{userId}/enable',
    effect: 'one-transaction',
  }),
}
