import { ShieldEllipsis, UserRound } from 'lucide-react'
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
      slots: ['profile'],
      load: async () => (await import('./ProfilePage.tsx')).ProfilePage,
    },
    {
      path: pages.account.security,
      area: 'account',
      group: 'signing-in',
      titleKey: 'security.title',
      icon: ShieldEllipsis,
      order: 10,
      needs: 'account.view',
      slots: ['check-up'],
      load: async () => (await import('./SecurityPage.tsx')).SecurityPage,
    },
  ],
})
