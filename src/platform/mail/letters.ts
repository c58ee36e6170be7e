import { type Context, type Letter, type WorkKind, type WorkOutline, workKind } from '@latchkey/kit'
import { z } from 'zod'
import { insertWork } from '../work/enqueue.ts'
import type { Mailer } from './mailer.ts'

const LetterInput = z.object({
  to: z.string(),
  text: z.string(),
  locale: z.string().optional(),
  values: z.record(z.string(), z.string()),
})

/** A 5yz reply is final (RFC 5321 §4.2.1); every other failure may be temporary. */
const isFinal = (error: unknown): boolean => {
  const code =
    typeof error === 'object' && error !== null && 'responseCode' in error
      ? Number(error.responseCode)
      : 0
  return code >= 500 && code < 600
}

/** Letters are one kind of work. Sealed, because they hold addresses and links. */
export const letterKind = {
  name: 'mail.letter',
  input: LetterInput,
  sealed: true,
  attemptsMax: 20,
  backOff: { firstSeconds: 10, longestSeconds: 3600 },
  leaseSeconds: 60,
  atOnce: 20,
  // Names the file and the message; unchanged since the first version.
  idPrefix: 'out',
  failure: 'a mail was not delivered',
  isFinal,
} as const satisfies WorkOutline<typeof LetterInput>

export const letterWork = (mailer: Pick<Mailer, 'send'>): WorkKind =>
  workKind({
    ...letterKind,
    run: async (_ctx, letter, piece) => mailer.send(piece.id, letter as Letter),
  })

type Outgoing = { readonly userId: string | null; readonly event: string; readonly letter: Letter }

/**
 * Queues a mail in the caller's transaction: it is sent if, and only if, the change it reports is committed. Mails that one
 * event of one person causes share their turns, so that a thousand invitations do not delay a warning to their sender.
 */
export const enqueueLetter = async (
  ctx: Pick<Context, 'db' | 'keys' | 'random' | 'now'>,
  { userId, event, letter }: Outgoing,
): Promise<void> => {
  const fairnessKey = `${userId ?? ''} ${event}`
  await insertWork(ctx, letterKind, { input: letter, userId, about: event, fairnessKey })
}
