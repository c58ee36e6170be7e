import { settings } from '@latchkey/kit'
import { z } from 'zod'

export const passkeySettings = settings(
  'passkeys',
  'What is known about who keeps passkeys',
  z.strictObject({
    providers: z
      .string()
      .min(1)
      .optional()
      .describe(
        'JSON file with names and icons of passkey providers by AAGUID, in the form of the community list (combined_aaguid.json). Adds to the built-in names and goes before them. Read at start.',
      ),
  }),
)
