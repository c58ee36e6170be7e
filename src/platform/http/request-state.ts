import type { Actor } from '@latchkey/kit'
import type { Entry } from '../operations/registry.ts'
import type { Reply } from './response/reply.ts'
import type { Incoming, Runtime } from './runtime.ts'

/** One request under way: what each step found out, and the headers the answer will carry. */
export type RequestState = {
  readonly runtime: Runtime
  readonly entry: Entry
  readonly incoming: Incoming
  readonly headers: Reply['headers']
  actor: Actor
}
