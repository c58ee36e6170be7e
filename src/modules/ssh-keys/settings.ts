import { settings } from '@latchkey/kit'
import { z } from 'zod'

export const sshKeySettings = settings(
  'sshKeys',
  'SSH keys: which are accepted, and who may read the lists',
  z.strictObject({
    rsaBitsMin: z
      .int()
      .min(2048)
      .max(8192)
      .default(2048)
      .describe('Bits a new RSA key needs. Keys that are there already stay.'),
    listFor: z
      .enum(['anyone', 'members', 'nobody'])
      .default('anyone')
      .describe(
        'Who is answered at /keys/{username}. members: who is signed in, or holds a token with the scope account:ssh-keys; servers then send one.',
      ),
  }),
)
