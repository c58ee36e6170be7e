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

export const authenticatorAdded = event({
  name: 'authenticator.added',
  code: 'user.2fa:authenticator_added',
  summary: 'An authenticator app was added',
  group: 'factors',
  icon: 'phone',
  data: z.object({ name: z.string() }),
})

export const authenticatorRenamed = event({
  name: 'authenticator.renamed',
  code: 'user.2fa:authenticator_renamed',
  summary: 'An authenticator app was renamed',
  group: 'factors',
  icon: 'phone',
  data: z.object({ name: z.string() }),
})

export const authenticatorRemoved = event({
  name: 'authenticator.removed',
  code: 'user.2fa:authenticator_removed',
  summary: 'An authenticator app was removed',
  group: 'factors',
  icon: 'phone',
  data: z.object({ name: z.string() }),
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
