import { UserRound } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  pages: [
    {
      path: pages.account.profile,
      area: 'account',
      group: 'you',
      titleKey: 'title',
      icon: UserRound,
      order: 10,
      needs: 'account.view',
      load: async () => (await import('./ProfilePage.tsx')).ProfilePage,
    },
  ],
})
