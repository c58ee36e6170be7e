import type { Context, System, WorkKind } from '@latchkey/kit'
import { DatabaseTrouble } from '../db/trouble.ts'
import { faultFacts } from '../log/log.ts'
import { leaseMsOf, runPiece } from './run-piece.ts'
import { claimWork, isDue, putBackExpired } from './store.ts'

const pollMs = 1000
const atOnceDefault = 4

type Slots = {
  /** Claims due pieces while there is room; returns how many. */
  readonly fill: () => Promise<number>
  readonly running: ReadonlySet<Promise<void>>
}

type Working = {
  readonly kinds: readonly WorkKind[]
  readonly stopping: AbortSignal
  /** Called when half of a kind's slots are free again. */
  readonly onRoom?: () => void
}

/** Slots for each kind, so that a slow or busy kind takes none from another. */
const openSlots = (ctx: Context<System>, { kinds, stopping, onRoom }: Working): Slots => {
  const running = new Set<Promise<void>>()
  const busy = new Map<string, number>()
  const count = (kind: WorkKind, more: number): number => {
    const now = (busy.get(kind.name) ?? 0) + more
    busy.set(kind.name, now)
    return now
  }
  const start = (kind: WorkKind, run: Promise<void>): void => {
    count(kind, 1)
    const one = run
      .catch((error: unknown) =>
        ctx.log.error(
          { kind: kind.name, ...faultFacts(error) },
          'the end of a piece of work could not be noted',
        ),
      )
      .finally(() => {
        running.delete(one)
        // A claim is a commit, so slots are refilled by halves and not one by one.
        if (count(kind, -1) * 2 <= (kind.atOnce ?? atOnceDefault)) onRoom?.()
      })
    running.add(one)
  }
  const fillOne = async (kind: WorkKind): Promise<number> => {
    await putBackExpired(ctx, kind.name)
    const max = (kind.atOnce ?? atOnceDefault) - count(kind, 0)
    if (max <= 0 || stopping.aborted || !(await isDue(ctx, kind.name))) return 0
    const batch = await claimWork(ctx, { kind: kind.name, leaseMs: leaseMsOf(kind), max })
    for (const claimed of batch) start(kind, runPiece(ctx, kind, { claimed, stopping }))
    return batch.length
  }
  const inOrder = kinds.toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
  return {
    running,
    fill: async () => {
      let taken = 0
      for (const kind of inOrder) taken += await fillOne(kind)
      return taken
    },
  }
}

/** Does all work that is due now or becomes due meanwhile. Returns the number of attempts. */
export const workOffDue = async (
  ctx: Context<System>,
  kinds: readonly WorkKind[],
): Promise<number> => {
  const slots = openSlots(ctx, { kinds, stopping: new AbortController().signal })
  let attempts = 0
  for (;;) {
    const taken = await slots.fill()
    attempts += taken
    if (slots.running.size > 0) await Promise.race(slots.running)
    else if (taken === 0) return attempts
  }
}

type Bell = { readonly ring: () => void; readonly wait: (ms: number) => Promise<void> }

/** A ring without a waiter is kept for the next one. */
const createBell = (): Bell => {
  let isRung = false
  let answer: (() => void) | null = null
  return {
    ring: () => {
      isRung = true
      answer?.()
    },
    wait: async (ms) => {
      if (!isRung)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          answer = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      isRung = false
      answer = null
    },
  }
}

export type Worker = { readonly wake: () => void; readonly stop: () => Promise<void> }

/**
 * Works until stopped: at once when this process queued something, else every second for what others queued. While it is
 * paused, nothing new is begun.
 */
export const startWorker = (
  ctx: Context<System>,
  kinds: readonly WorkKind[],
  isPaused: () => boolean = () => false,
): Worker => {
  const names = kinds.map((kind) => kind.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`the kind of work "${twice}" is declared twice`)
  const stopping = new AbortController()
  const bell = createBell()
  const slots = openSlots(ctx, { kinds, stopping: stopping.signal, onRoom: bell.ring })
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (!isPaused()) await slots.fill()
      } catch (error) {
        // An outage is logged once, by the watch over the database, and not every second from here.
        if (!(error instanceof DatabaseTrouble))
          ctx.log.error(faultFacts(error), 'no work could be taken up; it will be tried again')
      }
      await bell.wait(pollMs)
    }
    await Promise.all(slots.running)
  }
  const working = work()
  return {
    wake: bell.ring,
    stop: async () => {
      stopping.abort()
      bell.ring()
      await working
    },
  }
}
