import { UsersRound } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  pages: [
    {
      path: pages.people.list,
      area: 'organisation',
      group: 'people',
      titleKey: 'title',
      icon: UsersRound,
      order: 10,
      needs: 'people.view',
      load: async () => (await import('./PeoplePage.tsx')).PeoplePage,
    },
  ],
})
