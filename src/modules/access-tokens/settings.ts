import { settings } from '@latchkey/kit'
import { z } from 'zod'
import { longestLifetimeDays } from './contract.ts'

export const tokenSettings = settings(
  'tokens',
  'Personal access tokens',
  z.strictObject({
    lifetimeDaysMax: z
      .int()
      .min(1)
      .max(longestLifetimeDays)
      .optional()
      .describe('Days a new token may live at the most. Unset: also without expiry.'),
  }),
)
