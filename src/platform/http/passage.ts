import type { Actor } from '@latchkey/kit'
import type { Door, Incoming } from './door.ts'
import type { Entry } from './registry.ts'
import type { Reply } from './reply.ts'

/** One request under way: what each step found out, and the headers the answer will carry. */
export type Passage = {
  readonly door: Door
  readonly entry: Entry
  readonly incoming: Incoming
  readonly headers: Reply['headers']
  actor: Actor
}
