import type { Job } from '@latchkey/kit'
import { mailedEveryMs } from './key-in-url.ts'
import { deleteNotices } from './store.ts'

export const jobs: readonly Job[] = [
  {
    name: 'leaked-keys.forget-notices',
    everySeconds: 24 * 3600,
    run: (ctx, signal) => deleteNotices(ctx.db, ctx.now() - mailedEveryMs, signal),
  },
]
