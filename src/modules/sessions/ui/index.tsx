import { MonitorSmartphone } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  pages: [
    {
      path: pages.sessions.list,
      area: 'account',
      group: 'signing-in',
      titleKey: 'title',
      icon: MonitorSmartphone,
      order: 20,
      needs: 'account.sessions.manage',
      load: async () => (await import('./SessionsPage.tsx')).SessionsPage,
    },
  ],
  links: [
    {
      slot: 'recent-events',
      order: 20,
      needs: 'account.sessions.manage',
      labelKey: 'links.review',
      to: pages.sessions.list,
    },
  ],
  checkUp: [
    {
      part: 'access',
      order: 10,
      needs: 'account.sessions.manage',
      load: async () => (await import('./check-up.ts')).checkUp,
    },
  ],
})
