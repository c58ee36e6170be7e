import { settings } from '@latchkey/kit'
import { z } from 'zod'

export const passwordSettings = settings(
  'password',
  'What a password must be',
  z.strictObject({
    minLength: z
      .int()
      .min(8)
      .max(64)
      .default(8)
      .describe('Least number of characters. 15 is advised where no second factor is used.'),
    breachCheck: z
      .boolean()
      .default(false)
      .describe(
        'Ask a breach service about new passwords. It learns five characters of a digest, never the password.',
      ),
    breachUrl: z
      .url({ protocol: /^https?$/ })
      .default('https://api.pwnedpasswords.com/range/')
      .describe(
        'Address of the breach service; the first five characters of the digest are appended.',
      ),
  }),
)
