import type { Assurance, Client } from '@latchkey/kit'

const noteEveryMs = 60_000
const agentMax = 200

/** The last use of a key, as its row records it. */
export type KeyUse = {
  readonly at: number
  readonly address: string
  readonly agent: string
  /** A newer record stays: of simultaneous uses one is written. */
  readonly notedBefore: number
}

/** The use to record, or null when the last record is less than a minute old. */
export const dueNote = (lastUsedAt: number | null, now: number, client: Client): KeyUse | null => {
  const notedBefore = now - noteEveryMs
  if (lastUsedAt !== null && lastUsedAt >= notedBefore) return null
  const agent = client.userAgent.slice(0, agentMax)
  return { at: now, address: client.address, agent, notedBefore }
}

/** A key proves nothing about the person who sends it, so it carries no proofs. */
export const noAssurance: Assurance = { methods: [], authenticatedAt: 0, strongAt: 0 }
