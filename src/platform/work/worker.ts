import type { Context, System, WorkKind } from '@latchkey/kit'
import { faultFacts } from '../log/log.ts'
import { leaseMsOf, runPiece } from './run-piece.ts'
import { claimWork, isDue, putBackExpired } from './store.ts'

const pollMs = 1000
const atOnceDefault = 4

type Lanes = {
  /** Takes up as much as there is due and room for; returns how many pieces that were. */
  readonly fill: () => Promise<number>
  readonly running: ReadonlySet<Promise<void>>
}

type Working = {
  readonly kinds: readonly WorkKind[]
  readonly stopping: AbortSignal
  /** Called when a kind has much room again. */
  readonly onRoom?: () => void
}

/** A lane for each kind: one that is slow, or has much to do, takes no place of another. */
const openLanes = (ctx: Context<System>, { kinds, stopping, onRoom }: Working): Lanes => {
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
        // A claim is a commit: half a lane at a time, not each piece for itself.
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

/** Does everything that is due now, and what becomes due meanwhile. Returns how many attempts that were. */
export const workOffDue = async (
  ctx: Context<System>,
  kinds: readonly WorkKind[],
): Promise<number> => {
  const lanes = openLanes(ctx, { kinds, stopping: new AbortController().signal })
  let attempts = 0
  for (;;) {
    const taken = await lanes.fill()
    attempts += taken
    if (lanes.running.size > 0) await Promise.race(lanes.running)
    else if (taken === 0) return attempts
  }
}

type Bell = { readonly ring: () => void; readonly wait: (ms: number) => Promise<void> }

/** One that was rung while nobody waited is heard by the next who does. */
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

/** Works until stopped: at once when this process queued something, else every second for what others queued. */
export const startWorker = (ctx: Context<System>, kinds: readonly WorkKind[]): Worker => {
  const names = kinds.map((kind) => kind.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`the kind of work "${twice}" is declared twice`)
  const stopping = new AbortController()
  const bell = createBell()
  const lanes = openLanes(ctx, { kinds, stopping: stopping.signal, onRoom: bell.ring })
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await lanes.fill()
      } catch (error) {
        ctx.log.error(faultFacts(error), 'no work could be taken up; it will be tried again')
      }
      await bell.wait(pollMs)
    }
    await Promise.all(lanes.running)
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
