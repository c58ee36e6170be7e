import { pages } from '#web/lib/client.ts'
import { defineEntrance } from '#web/lib/entrance-page.ts'

const own = pages.recovery

export const entrance = defineEntrance([
  {
    path: own.recover,
    texts: ['recovery', 'password'],
    load: async () => (await import('./RecoverPage.tsx')).RecoverPage,
  },
  {
    path: own.stop,
    texts: ['recovery'],
    load: async () => (await import('./StopPage.tsx')).StopPage,
  },
])
