import { operation } from '@latchkey/kit'
import { z } from 'zod'

/** One act in the audit trail. */
export const Entry = z.object({
  id: z.string(),
  event: z.string(),
  message: z.string(),
  at: z.iso.datetime(),
  result: z.enum(['success', 'failure']),
  actor: z.enum(['visitor', 'session', 'token', 'api-key', 'agent', 'system']),
  target: z.string().nullable(),
  sessionHash: z.string().nullable(),
  requestId: z.string(),
  address: z.string().nullable(),
  location: z.string().nullable(),
  deviceType: z.string().nullable(),
  browser: z.string().nullable(),
  operatingSystem: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
})

export const operations = {
  list: operation({
    name: 'activity.list',
    summary: 'What happened to your account, newest first',
    access: { permission: 'account.view', scope: 'account:read' },
    input: z.object({
      before: z
        .string()
        .regex(/^[0-9]{1,16}$/)
        .optional(),
      limit: z.coerce.number().int().min(1).max(100).default(25),
    }),
    output: z.object({ entries: z.array(Entry), next: z.string().nullable() }),
    refusals: [],
    rest: 'GET /api/v1/account/activity',
  }),
}
