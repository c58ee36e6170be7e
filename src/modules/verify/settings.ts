import { settings } from '@latchkey/kit'
import { z } from 'zod'

export const verifySettings = settings(
  'verify',
  'Applications behind a proxy that asks Latchkey',
  z.strictObject({
    preflights: z
      .enum(['refuse', 'pass'])
      .default('refuse')
      .describe(
        'CORS preflights (OPTIONS), which browsers send without cookies. pass: they reach the application, which then has to answer them itself. Only with a proxy that says the method of the request, as every one in deploy/ does.',
      ),
  }),
)
