import { event } from '@latchkey/kit'
import { z } from 'zod'

const which = z.object({ name: z.string(), type: z.string(), fingerprint: z.string() })

export const sshKeyAdded = event({
  name: 'ssh-key.added',
  code: 'user.ssh_key:added',
  summary: 'An SSH key was added',
  data: which,
})

export const sshKeyRemoved = event({
  name: 'ssh-key.removed',
  code: 'user.ssh_key:removed',
  summary: 'An SSH key was deleted',
  data: which,
})
