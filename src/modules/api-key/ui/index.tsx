import { KeySquare } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  pages: [
    {
      path: pages.apiKey.apiKey,
      area: 'account',
      group: 'keys',
      titleKey: 'title',
      icon: KeySquare,
      order: 20,
      needs: 'account.api_key.manage',
      load: async () => (await import('./ApiKeyPage.tsx')).ApiKeyPage,
    },
  ],
  checkUp: [
    {
      part: 'access',
      order: 30,
      needs: 'account.api_key.manage',
      load: async () => (await import('./check-up.ts')).checkUp,
    },
  ],
})
