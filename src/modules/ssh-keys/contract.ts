import { fileOutput, operation } from '@latchkey/kit'
import { z } from 'zod'
import { Name } from '#modules/person/contract.ts'
import { refusals } from './refusals.ts'

export { refusals } from './refusals.ts'

export const pages = { list: '/admin/account/ssh-keys' } as const

export const sshKeysMax = 50
/** The largest RSA key that is read takes 2.8 kB; the rest is for a comment. */
const keyTextMax = 16_384

const Id = z
  .string()
  .min(1)
  .max(64)
  .meta({ examples: ['ssh_01k9w4z0v5t6r7q8p9n0m1k2j3'] })
const exampleKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIdMwn+SM+hYSGgYBBSVrnyaHdSRh2DymRv6yP/dvuXn ada@laptop'

export const SshKey = z.object({
  id: Id,
  title: z.string().meta({ examples: ['ada@laptop'] }),
  type: z.string().meta({ description: 'As in a key file.', examples: ['ssh-ed25519'] }),
  bits: z.int().meta({ description: 'Length of the key.', examples: [256] }),
  fingerprint: z
    .string()
    .describe('`SHA256:` and base64 without padding, as `ssh-keygen -l` prints it.'),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso
    .datetime()
    .nullable()
    .describe(
      'When a server last asked for exactly this key, to the minute; sshd does at each sign-in with it.',
    ),
  expiresAt: z.iso.datetime().nullable().describe('`null`: it does not expire.'),
  isExpired: z
    .boolean()
    .meta({ description: 'Servers are no longer told of it.', examples: [false] }),
})
export type SshKey = z.output<typeof SshKey>

/** Where servers find the keys. */
const Published = z.object({
  url: z
    .string()
    .nullable()
    .meta({
      description: '`null` until a username is chosen.',
      examples: ['https://account.example.com/keys/ada'],
    }),
  for: z
    .enum(['anyone', 'members', 'nobody'])
    .describe('Who is answered there: a setting of the operator.'),
})

export const scopes = [
  {
    id: 'account:ssh-keys',
    label: 'Account: SSH keys',
    allows:
      'Read your SSH keys. Where servers have to sign in to read key lists, read the lists of everybody.',
  },
] as const

export const operations = {
  list: operation({
    name: 'ssh-keys.list',
    summary: 'Your SSH keys, newest first, and the address where servers find them',
    access: { permission: 'account.ssh_keys.manage', scope: 'account:ssh-keys' },
    input: z.object({
      after: z.string().max(300).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    output: z.object({
      keys: z.array(SshKey),
      next: z.string().nullable(),
      total: z.int(),
      totalMax: z.int().meta({ description: 'As many as there can be.', examples: [sshKeysMax] }),
      published: Published,
    }),
    refusals: [],
    rest: 'GET /api/v1/account/ssh-keys',
  }),
  add: operation({
    name: 'ssh-keys.add',
    summary: 'Add an SSH public key; without a title it is named by its comment',
    access: { permission: 'account.ssh_keys.manage', assurance: 'recently-confirmed' },
    input: z.object({
      publicKey: z
        .string()
        .min(1)
        .max(keyTextMax, 'is longer than any key')
        .meta({ description: 'One line: type, key, comment.', examples: [exampleKey] }),
      title: Name.optional().meta({
        description: 'What you call it. Absent: its comment.',
        examples: ['Laptop'],
      }),
      expiresAt: z.iso
        .datetime({ offset: true })
        .nullish()
        .describe('From then on servers are no longer told of it. Absent or `null`: never.'),
    }),
    output: SshKey,
    refusals: Object.values(refusals).filter((refusal) => refusal !== refusals.not_found),
    rest: 'POST /api/v1/account/ssh-keys',
    limit: { per: 'person', max: 60, windowSeconds: 600 },
  }),
  update: operation({
    name: 'ssh-keys.update',
    summary: 'Change the title of an SSH key, or until when servers are told of it',
    // Both are part of what servers are told, and a key that was to end would be as good as added.
    access: { permission: 'account.ssh_keys.manage', assurance: 'recently-confirmed' },
    input: z.object({
      keyId: Id,
      title: Name.optional().meta({
        description: 'What the list calls it.',
        examples: ['ada@laptop'],
      }),
      expiresAt: z.iso
        .datetime({ offset: true })
        .nullable()
        .optional()
        .describe('Until then servers are told of it. `null`: for good. Left out: as before.'),
    }),
    output: SshKey,
    refusals: [refusals.not_found, refusals.expiry_past],
    rest: 'PATCH /api/v1/account/ssh-keys/{keyId}',
    limit: { per: 'person', max: 60, windowSeconds: 600 },
  }),
  remove: operation({
    name: 'ssh-keys.remove',
    summary: 'Delete an SSH key; servers refuse it the next time they ask',
    access: { permission: 'account.ssh_keys.manage', assurance: 'recently-confirmed' },
    input: z.object({ keyId: Id }),
    output: z.object({}),
    refusals: [refusals.not_found],
    rest: 'DELETE /api/v1/account/ssh-keys/{keyId}',
    endsAccess: true,
  }),
  publish: operation({
    name: 'ssh-keys.publish',
    summary:
      'The keys of a person in authorized_keys form; nothing for a name that nobody has. With a fingerprint only that key, whose last use is noted',
    access: {
      anyone: true,
      because:
        'Servers have no account, and public keys are made to be shown; the setting sshKeys.listFor closes it',
    },
    input: z.object({
      username: z.string().min(1).max(255).describe('Whose keys.'),
      fingerprint: z
        .string()
        .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must look like SHA256:… without padding')
        .optional()
        .describe('Of the one key that is asked for. Absent: every key.'),
    }),
    output: fileOutput('text/plain'),
    refusals: [],
    rest: 'GET /keys/{username}',
    // A host asks for every sign-in, and a whole data centre may come from one address.
    limit: { per: 'address', max: 1200, windowSeconds: 60 },
  }),
}
