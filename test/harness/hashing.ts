import type { Config } from '@latchkey/kit'
import { hashingSettings } from '#platform/config/core.ts'

/** Argon2id itself, at a cost that no setting allows: half the processor time of a run went into hashes. */
const quick = { memoryKib: 1024, passes: 1 }

/** The cost of the product, for tests that measure it, or how long a check takes. */
export type HashingCost = 'quick' | 'real'

export const withHashing = (config: Config, cost: HashingCost): Config =>
  cost === 'real'
    ? config
    : {
        read: (group) =>
          (group.name === hashingSettings.name ? quick : config.read(group)) as never,
      }

/** Of two processes with one database neither finds the other's hashes outdated. */
export const hashingOf = (config: Config): HashingCost =>
  config.read(hashingSettings).memoryKib === quick.memoryKib ? 'quick' : 'real'
