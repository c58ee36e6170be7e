import type { Job } from '@latchkey/kit'
import { deleteOldCeremonies } from './store.ts'

export const jobs: readonly Job[] = [
  {
    name: 'passkeys.delete-old',
    everySeconds: 3600,
    run: (ctx, signal) => deleteOldCeremonies(ctx.db, ctx.now(), signal),
  },
]
