import { settings } from '@latchkey/kit'
import { z } from 'zod'

/** NIST SP 800-63B-4 §2.2.3 and §5.2: both limits end a session; activity resets the idle one only. */
export const sessionSettings = settings(
  'sessions',
  'How long a sign-in lasts',
  z.strictObject({
    idleHours: z
      .int()
      .min(1)
      .max(720)
      .default(12)
      .describe('Hours without activity after which a session ends.'),
    absoluteHours: z
      .int()
      .min(1)
      .max(2160)
      .default(24)
      .describe('Hours after which a session ends in any case.'),
    keptIdleDays: z
      .int()
      .min(1)
      .max(90)
      .default(14)
      .describe('Days without activity, with “keep me signed in”.'),
    keptAbsoluteDays: z
      .int()
      .min(1)
      .max(365)
      .default(30)
      .describe('Days in any case, with “keep me signed in”.'),
  }),
)
