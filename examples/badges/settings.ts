import { settings } from '@latchkey/kit'
import { z } from 'zod'

export const badgeSettings = settings(
  'badges',
  'Office badges',
  z.strictObject({
    digits: z.int().min(4).max(20).default(6).describe('How many digits are printed on a badge.'),
  }),
)
