import { defineRefusals, headersOutput, operation } from '@latchkey/kit'
import { z } from 'zod'

export const refusals = defineRefusals({
  unknown_requirement: {
    code: 'verify.unknown_requirement',
    status: 400,
    title: 'The proxy asks for something that does not exist here.',
    help: 'Correct the scope or permission in the address the proxy calls. Nobody is let through until then.',
  },
  second_factor_required: {
    code: 'verify.second_factor_required',
    status: 403,
    title: 'Sign in with a second factor to go on.',
    help: 'This part is only for sessions that were started, or confirmed, with a second factor.',
    cure: { page: 'confirm', query: 'needs=second-factor' },
  },
})

export const operations = {
  check: operation({
    name: 'verify.check',
    summary: 'Who is this? For reverse proxies that let people through or not',
    access: { permission: 'account.view', scope: 'any' },
    input: z.object({
      scope: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .meta({
          description: 'What a key must have been granted. A browser session has every scope.',
          examples: ['account:read'],
        }),
      permission: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .meta({
          description: 'What the role must carry, with or without the namespace.',
          examples: ['people.manage'],
        }),
      assurance: z
        .enum(['two-factor', 'recently-confirmed'])
        .optional()
        .describe(
          '`two-factor`: the session proved a second factor. `recently-confirmed`: it proved who it is within the last 10 minutes.',
        ),
      otherwise: z
        .enum(['refuse', 'redirect'])
        .default('refuse')
        .describe(
          '`redirect`: a browser that goes to a page is sent to the one for signing in or confirming with 302, for proxies that pass the answer on. Programs are told with 401 or 403.',
        ),
    }),
    output: headersOutput(
      'x-latchkey-user',
      'x-latchkey-email',
      'x-latchkey-name',
      'x-latchkey-roles',
      'x-latchkey-organisation',
      'x-latchkey-session',
      'x-latchkey-kind',
      'x-latchkey-scopes',
      'x-latchkey-token-expires',
    ),
    refusals: [refusals.unknown_requirement, refusals.second_factor_required],
    rest: 'GET /api/v1/verify',
    speaks: 'proxy',
  }),
}
