import type { Job } from '@latchkey/kit'
import { deleteNotices } from './store.ts'
import { mailedEveryMs } from './watching.ts'

export const jobs: readonly Job[] = [
  {
    name: 'leaked-keys.forget-notices',
    everySeconds: 24 * 3600,
    run: (ctx) => deleteNotices(ctx.db, ctx.now() - mailedEveryMs),
  },
]
