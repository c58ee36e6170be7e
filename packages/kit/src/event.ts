import type { z } from 'zod'

/** A mail that leaves because of an event. Values are encrypted while they wait: they may carry links. */
export type Letter = {
  readonly to: string
  /** `<module>:<name>`: a `subject` and a `body` in the module's mail texts. */
  readonly text: string
  readonly locale?: string
  readonly values: Readonly<Record<string, string>>
}

export type About = {
  /** The person whose trail this belongs to: the actor when absent, none when null. */
  readonly userId?: string | null
  /** Session this belongs to, where the actor has none yet: at sign-in. */
  readonly sessionId?: string
  /** Id of what was acted on. */
  readonly target?: string
  /** `success` when absent. */
  readonly result?: 'success' | 'failure'
  readonly letters?: readonly Letter[]
}

/** What an event is about, in the words people choose by. */
export type EventGroup =
  | 'account'
  | 'factors'
  | 'installation'
  | 'keys'
  | 'people'
  | 'sessions'
  | 'sign-in'

/** Pictures the pages can draw beside an event: `web/ui/EventIcon.tsx`. */
export type EventIcon =
  | 'api-key'
  | 'archive'
  | 'building'
  | 'device'
  | 'enter'
  | 'envelope'
  | 'key'
  | 'leave'
  | 'lifebuoy'
  | 'lock'
  | 'person'
  | 'phone'
  | 'shield'
  | 'terminal'
  | 'ticket'
  | 'warning'

/** A fact, past tense. Its data is shown in the audit trail, so nothing secret belongs in it. */
export type EventSpec<D extends z.ZodObject = z.ZodObject> = {
  /** `noun.happened`, e.g. `session.revoked`. */
  readonly name: string
  /** Code in the audit trail, e.g. `user.session:revoked`. */
  readonly code: string
  /** In English, for programs. People read `events.<code, with _ for . and :>` in the module's own texts. */
  readonly summary: string
  readonly group: EventGroup
  readonly icon: EventIcon
  readonly data: D
}

export const event = <D extends z.ZodObject>(spec: EventSpec<D>): EventSpec<D> => spec

/** Writes the trail and queues the letters in the caller's transaction; opens one when there is none. */
export type Announce = <D extends z.ZodObject>(
  event: EventSpec<D>,
  data: z.input<D>,
  about?: About,
) => Promise<void>
