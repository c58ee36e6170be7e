import { event } from '@latchkey/kit'
import { z } from 'zod'

export const twoFactorEnabled = event({
  name: 'two-factor.enabled',
  code: 'user.2fa:enabled',
  summary: 'Two-factor authentication was switched on',
  group: 'factors',
  icon: 'shield',
  data: z.object({}),
})

export const twoFactorDisabled = event({
  name: 'two-factor.disabled',
  code: 'user.2fa:disabled',
  summary: 'Two-factor authentication was switched off',
  group: 'factors',
  icon: 'shield',
  data: z.object({}),
})

export const codesIssued = event({
  name: 'recovery-codes.issued',
  code: 'user.2fa:recovery_codes_issued',
  summary: 'New recovery codes were issued',
  group: 'factors',
  icon: 'lifebuoy',
  data: z.object({ count: z.int() }),
})

export const codesSaved = event({
  name: 'recovery-codes.saved',
  code: 'user.2fa:recovery_codes_saved',
  summary: 'The recovery codes were confirmed as saved',
  group: 'factors',
  icon: 'lifebuoy',
  data: z.object({}),
})

export const codeUsed = event({
  name: 'recovery-code.used',
  code: 'user.2fa:recovery_code_used',
  summary: 'A recovery code was used',
  group: 'factors',
  icon: 'lifebuoy',
  data: z.object({ remaining: z.int() }),
})
