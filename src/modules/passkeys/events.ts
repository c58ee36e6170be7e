import { event } from '@latchkey/kit'
import { z } from 'zod'

const named = z.object({ name: z.string() })

export const passkeyAdded = event({
  name: 'passkey.added',
  code: 'user.passkey:added',
  summary: 'A passkey was added',
  group: 'factors',
  icon: 'key',
  data: named,
})

export const passkeyRenamed = event({
  name: 'passkey.renamed',
  code: 'user.passkey:renamed',
  summary: 'A passkey was renamed',
  group: 'factors',
  icon: 'key',
  data: named,
})

export const passkeyRemoved = event({
  name: 'passkey.removed',
  code: 'user.passkey:removed',
  summary: 'A passkey was removed',
  group: 'factors',
  icon: 'key',
  data: named,
})

export const passkeyRetired = event({
  name: 'passkey.retired',
  code: 'user.passkey:retired',
  summary: 'A passkey was removed, because the host it was made at is gone',
  group: 'factors',
  icon: 'key',
  data: named.extend({ host: z.string() }),
})

export const passkeyRefused = event({
  name: 'passkey.refused',
  code: 'user.passkey:refused',
  summary: 'A passkey was refused',
  group: 'factors',
  icon: 'key',
  /** `counter`: it may have been copied (WebAuthn §6.1.1). */
  data: z.object({ reason: z.enum(['counter', 'signature', 'owner']) }),
})
