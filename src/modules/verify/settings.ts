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
        'CORS preflights (OPTIONS), which browsers send without cookies. pass: they reach the application, which then has to answer them itself. Only behind a proxy that itself says the method of the request in X-Forwarded-Method or X-Original-Method, as Caddy and Traefik do; nginx has to be told.',
      ),
  }),
)
