import { event } from '@latchkey/kit'
import { z } from 'zod'

export const credentialSentInUrl = event({
  name: 'credential.sent-in-url',
  code: 'user.credential:sent_in_url',
  summary: 'A key was sent in an address, where others can read it',
  group: 'keys',
  icon: 'warning',
  data: z.object({ kind: z.enum(['token', 'api-key']), lastFour: z.string() }),
})
