import { operation } from '@latchkey/kit'
import { z } from 'zod'

/** Values in one report, and characters of one value. */
export const reportedMax = 100
const valueMax = 200

export const operations = {
  report: operation({
    name: 'leaked-keys.report',
    summary: 'Report access tokens or API keys that were found in the open; they are revoked',
    access: {
      anyone: true,
      because:
        'Whoever finds a key, a secret scanner above all, must be able to end it. Who holds it could do worse with it, and the answer tells nothing.',
      from: 'programs',
    },
    input: z.object({
      tokens: z
        .array(z.string().max(valueMax))
        .min(1)
        .max(reportedMax)
        .meta({
          description:
            'What was found, each value whole. What is no key of this installation is ignored.',
          examples: [['cfp_R7mQ2xKd9LwZ4tVb8NcH1yPsG5fJ3a0uTeW6']],
        }),
    }),
    output: z.object({}),
    refusals: [],
    rest: 'POST /api/v1/leaked-token',
    endsAccess: true,
    limit: { per: 'address', max: 30, windowSeconds: 60 },
  }),
}
