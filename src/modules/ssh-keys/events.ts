import { event } from '@latchkey/kit'
import { z } from 'zod'

const which = z.object({ name: z.string(), type: z.string(), fingerprint: z.string() })

export const sshKeyAdded = event({
  name: 'ssh-key.added',
  code: 'user.ssh_key:added',
  summary: 'An SSH key was added',
  group: 'keys',
  icon: 'terminal',
  data: which,
})

/** What it is from now on; `formerName` where it was called otherwise. */
const changed = which.extend({ formerName: z.string(), expiresAt: z.iso.datetime().nullable() })

export const sshKeyUpdated = event({
  name: 'ssh-key.updated',
  code: 'user.ssh_key:updated',
  summary: 'An SSH key was given another title or a later end',
  group: 'keys',
  icon: 'terminal',
  data: changed,
})

/** Apart from the other changes, so that a restore finds it: the key must not live as long as the backup says. */
export const sshKeyShortened = event({
  name: 'ssh-key.shortened',
  code: 'user.ssh_key:shortened',
  summary: 'An SSH key was given an earlier end',
  group: 'keys',
  icon: 'terminal',
  data: changed,
})

export const sshKeyRemoved = event({
  name: 'ssh-key.removed',
  code: 'user.ssh_key:removed',
  summary: 'An SSH key was deleted',
  group: 'keys',
  icon: 'terminal',
  data: which,
})
