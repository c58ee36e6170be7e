import type { Job } from '@latchkey/kit'
import { dayMs } from '#platform/clock/moment.ts'
import { deleteOldPending } from './pending.ts'
import { deleteOldSessions } from './store.ts'

const keptDays = 90

export const jobs: readonly Job[] = [
  {
    name: 'sessions.delete-old-pending',
    everySeconds: 3600,
    run: (ctx, signal) => deleteOldPending(ctx.db, ctx.now(), signal),
  },
  {
    name: 'sessions.delete-old',
    everySeconds: 6 * 3600,
    run: (ctx, signal) => deleteOldSessions(ctx.db, ctx.now() - keptDays * dayMs, signal),
  },
]
