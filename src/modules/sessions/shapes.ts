import { z } from 'zod'
import { Name } from '#modules/person/contract.ts'

/** Shorter than other names: it is the title of a row, beside a badge and a button. */
export const SessionName = Name.max(60)
  .nullable()
  .meta({
    description: 'What you call it. `null`: what its device tells of itself is shown again.',
    examples: ['Work laptop'],
  })

export const KeepSignedIn = z
  .boolean()
  .default(false)
  .describe('Whether the session outlives the browser being closed.')

export const Methods = z
  .array(z.string())
  .meta({ description: 'Ways to prove it, strongest first.', examples: [['passkey', 'totp']] })
/** What a sign-in comes to, whichever method it began with. */
export const SignedIn = z.discriminatedUnion('next', [
  z.object({ next: z.literal('done').describe('The session is open.') }),
  z.object({
    next: z.literal('second-factor').describe('A second step is asked for.'),
    methods: Methods,
  }),
])
