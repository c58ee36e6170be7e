import { event } from '@latchkey/kit'
import { z } from 'zod'

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
