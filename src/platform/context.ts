import type {
  About,
  Actor,
  Catalogue,
  Config,
  Context,
  Db,
  EventSpec,
  Keys,
  Log,
  Random,
  System,
} from '@latchkey/kit'
import { type Announced, appendToTrail } from './events/trail.ts'
import { enqueueLetter } from './mail/letters.ts'
import { hasQueuedWork } from './work/enqueue.ts'

/** What lives as long as the process; a context adds who is acting. */
export type Services = {
  readonly db: Db
  readonly now: () => number
  readonly random: Random
  readonly config: Config
  readonly log: Log
  readonly keys: Keys
  readonly catalogue: Catalogue
  /** Called after a commit that queued work. */
  readonly wakeWork: () => void
}

type Bound<A extends Actor> = Omit<Context<A>, 'announce' | 'transaction'>

const write = async (bound: Bound<Actor>, announced: readonly Announced[]): Promise<void> => {
  if (announced.length === 0) return
  await appendToTrail(bound, bound.actor, announced)
  for (const { event, about } of announced) {
    const userId = about.userId ?? ('userId' in bound.actor ? bound.actor.userId : null)
    for (const letter of about.letters ?? [])
      await enqueueLetter(bound, { userId, event: event.name, letter })
  }
}

/** Strict, so that an undeclared field cannot reach the trail. Made once for each event. */
const strictly = new WeakMap<EventSpec, EventSpec['data']>()

const strictOf = (event: EventSpec): EventSpec['data'] => {
  const kept = strictly.get(event) ?? event.data.strict()
  strictly.set(event, kept)
  return kept
}

const check = (event: EventSpec, data: unknown, about: About): Announced => ({
  event,
  data: strictOf(event).parse(data),
  about,
})

const inTransaction = <A extends Actor>(bound: Bound<A>, announced: Announced[]): Context<A> => {
  const ctx: Context<A> = {
    ...bound,
    announce: async (event, data, about = {}) => {
      announced.push(check(event as unknown as EventSpec, data, about))
    },
    transaction: (work) => work(ctx),
  }
  return ctx
}

/** The ten things a rule may reach for. Announcements are written right before commit and wake the worker after it. */
export const createContext = <A extends Actor>(services: Services, actor: A): Context<A> => {
  const { wakeWork, ...rest } = services
  const bound: Bound<A> = { ...rest, actor }
  const transaction: Context<A>['transaction'] = async (work) => {
    const announced: Announced[] = []
    let hasQueued = false
    const result = await services.db.transaction().execute(async (trx) => {
      const inner = { ...bound, db: trx as unknown as Db }
      const outcome = await work(inTransaction(inner, announced))
      await write(inner, announced)
      hasQueued = hasQueuedWork(inner.db)
      return outcome
    })
    if (hasQueued) wakeWork()
    return result
  }
  return {
    ...bound,
    transaction,
    announce: (event, data, about) => transaction((ctx) => ctx.announce(event, data, about)),
  }
}

export const systemActor = (requestId: string): System => ({
  kind: 'system',
  client: { address: 'unknown', userAgent: '', hints: {}, device: null, pending: null, requestId },
})
