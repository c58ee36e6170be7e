import { defineUi, pagesOf } from '@latchkey/web'
import { IdCard } from 'lucide-react'
import type { pages } from '../contract.ts'

export const ui = defineUi({
  pages: [
    {
      path: pagesOf<typeof pages>('badges').list,
      area: 'account',
      group: 'keys',
      titleKey: 'title',
      icon: IdCard,
      order: 60,
      needs: 'account.badges.manage',
      load: async () => (await import('./BadgesPage.tsx')).BadgesPage,
    },
  ],
})
