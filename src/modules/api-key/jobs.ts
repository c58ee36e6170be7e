import type { Job } from '@latchkey/kit'
import { deleteEnded } from './store.ts'

export const jobs: readonly Job[] = [
  {
    name: 'api-key.delete-ended',
    everySeconds: 24 * 3600,
    run: (ctx, signal) => deleteEnded(ctx.db, ctx.now(), signal),
  },
]
