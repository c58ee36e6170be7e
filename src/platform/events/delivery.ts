import type { Context, System } from '@latchkey/kit'
import { faultFacts } from '../log/log.ts'
import type { Mailer } from '../mail/mailer.ts'
import {
  anythingDue,
  attemptsMax,
  type Claimed,
  claimLetters,
  finishLetter,
  type Outcome,
} from './outbox.ts'

const batchMax = 20
const pollMs = 1000

/** Full jitter, ceiling 10 s × 2ⁿ up to 1 h. */
export const backOffMs = (attempts: number, chance: number): number =>
  Math.floor(Math.min(10_000 * 2 ** (attempts - 1), 3_600_000) * chance)

const outcomeOf = (ctx: Context<System>, error: unknown, attempts: number): Outcome => {
  const facts = faultFacts(error)
  const code =
    typeof error === 'object' && error !== null && 'responseCode' in error
      ? Number(error.responseCode)
      : 0
  // 5yz is the other side's final word (RFC 5321 §4.2.1); everything else may pass.
  if ((code >= 500 && code < 600) || attempts >= attemptsMax)
    return { status: 'dead', error: facts.error }
  const chance = (ctx.random.bytes(1)[0] ?? 128) / 255
  return {
    status: 'retry',
    availableAt: ctx.now() + backOffMs(attempts, chance),
    error: facts.error,
  }
}

const deliver = async (ctx: Context<System>, mailer: Mailer, claimed: Claimed): Promise<void> => {
  let outcome: Outcome = { status: 'sent' }
  try {
    // So often claimed and never finished: whatever happened to those before must not happen again.
    if (claimed.attempts > attemptsMax) throw new Error('no attempt was ever finished')
    await mailer.send(claimed.id, claimed.letter)
  } catch (error) {
    outcome = outcomeOf(ctx, error, claimed.attempts)
    ctx.log.warn(
      {
        outbox: claimed.id,
        attempts: claimed.attempts,
        outcome: outcome.status,
        ...faultFacts(error),
      },
      'a mail was not delivered',
    )
  }
  const owned = await finishLetter(ctx, claimed, outcome)
  if (!owned) ctx.log.warn({ outbox: claimed.id }, 'a delivery took longer than its lease')
}

/** Sends everything that is due now. Returns how many were tried. */
export const deliverDue = async (ctx: Context<System>, mailer: Mailer): Promise<number> => {
  let tried = 0
  while (await anythingDue(ctx)) {
    const batch = await claimLetters(ctx, batchMax)
    if (batch.length === 0) break
    await Promise.all(batch.map((claimed) => deliver(ctx, mailer, claimed)))
    tried += batch.length
  }
  return tried
}

export type Delivery = { readonly wake: () => void; readonly stop: () => Promise<void> }

/** Runs until stopped: at once when this process queued something, else every second for what others queued. */
export const startDelivery = (ctx: Context<System>, mailer: Mailer): Delivery => {
  let stopped = false
  let timer: NodeJS.Timeout | null = null
  let again = false
  let running: Promise<void> | null = null
  const round = async (): Promise<void> => {
    try {
      await deliverDue(ctx, mailer)
    } catch (error) {
      ctx.log.error(faultFacts(error), 'delivery failed; it will be tried again')
    }
  }
  const run = (): void => {
    if (stopped) return
    if (running) {
      again = true
      return
    }
    if (timer) clearTimeout(timer)
    running = round().finally(() => {
      running = null
      const soon = again
      again = false
      if (!stopped) timer = setTimeout(run, soon ? 0 : pollMs)
    })
  }
  run()
  return {
    wake: run,
    stop: async () => {
      stopped = true
      if (timer) clearTimeout(timer)
      await running
    },
  }
}
