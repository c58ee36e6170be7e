import type { Job } from '@latchkey/kit'
import { deleteOldPending } from './store.ts'

export const jobs: readonly Job[] = [
  {
    name: 'sign-in.delete-old',
    everySeconds: 3600,
    run: (ctx) => deleteOldPending(ctx.db, ctx.now()),
  },
]
