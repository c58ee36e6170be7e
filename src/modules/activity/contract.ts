import { operation } from '@latchkey/kit'
import { z } from 'zod'

/** One act in the audit trail. */
export const Entry = z.object({
  id: z.string().meta({ examples: ['act_01k9w4z0v5t6r7q8p9n0m1k2j3'] }),
  event: z.string().meta({ description: 'Code of the act.', examples: ['user:logged_in'] }),
  message: z.string().meta({ description: 'The act in words.', examples: ['Signed in'] }),
  at: z.iso.datetime(),
  result: z.enum(['success', 'failure']),
  actor: z
    .enum(['visitor', 'session', 'token', 'api-key', 'agent', 'client', 'system'])
    .describe('What the act was done with.'),
  target: z
    .string()
    .nullable()
    .meta({ description: 'Id of what it was done to.', examples: [null] }),
  sessionHash: z
    .string()
    .nullable()
    .meta({
      description: 'Tells sessions apart without naming them.',
      examples: ['9f2c61d0a7b35e84'],
    }),
  requestId: z
    .string()
    .meta({ description: 'As in the log.', examples: ['req_01k9w4z0v5t6r7q8p9n0m1k2j3'] }),
  address: z.string().nullable(),
  location: z
    .string()
    .nullable()
    .meta({ description: 'From the address.', examples: ['CH'] }),
  deviceType: z
    .string()
    .nullable()
    .meta({ examples: ['desktop'] }),
  browser: z.string().nullable(),
  operatingSystem: z.string().nullable(),
  data: z.record(z.string(), z.unknown()).describe('What else is known, by event.'),
})

const Place = z
  .string()
  .regex(/^[0-9]{1,16}$/)
  .meta({ examples: ['492817'] })

export const operations = {
  list: operation({
    name: 'activity.list',
    summary: 'What happened to your account, newest first',
    access: { permission: 'account.view', scope: 'account:read' },
    input: z.object({
      before: Place.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(25),
    }),
    output: z.object({ entries: z.array(Entry), next: Place.nullable() }),
    refusals: [],
    rest: 'GET /api/v1/account/activity',
  }),
}
