import { event } from '@latchkey/kit'
import { z } from 'zod'

export const backedUp = event({
  name: 'installation.backed-up',
  code: 'installation:backed_up',
  summary: 'A backup was made',
  group: 'installation',
  icon: 'archive',
  data: z.object({
    /** Newest entry of the trail that is in it. */
    entry: z.int(),
    withKeys: z.boolean(),
  }),
})

export const restored = event({
  name: 'installation.restored',
  code: 'installation:restored',
  summary: 'The database was restored from a backup',
  group: 'installation',
  icon: 'archive',
  data: z.object({
    backupFrom: z.iso.datetime(),
    /** Newest entry of the trail the backup held. */
    entry: z.int(),
    /** Entries known to have been written after it, which are not in this trail; null when nothing says how many. */
    lostEntries: z.int().nullable(),
    /** Rows that were ended, by a word for them. */
    ended: z.record(z.string(), z.int()),
  }),
})

export const keysRotated = event({
  name: 'installation.keys-rotated',
  code: 'installation:keys_rotated',
  summary: 'New secret keys were put into use',
  group: 'installation',
  icon: 'key',
  data: z.object({ keys: z.array(z.string()), dataKeysWrapped: z.int() }),
})

export const installationEvents = { backedUp, restored, keysRotated }
