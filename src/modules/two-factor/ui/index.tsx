import { ShieldCheck } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  pages: [
    {
      path: pages.twoFactor.twoFactor,
      area: 'account',
      group: 'signing-in',
      titleKey: 'title',
      icon: ShieldCheck,
      order: 30,
      needs: 'account.two_factor.manage',
      load: async () => (await import('./TwoFactorPage.tsx')).TwoFactorPage,
    },
  ],
  checkUp: [
    {
      part: 'protection',
      order: 20,
      needs: 'account.two_factor.manage',
      load: async () => (await import('./check-up.ts')).checkUp,
    },
  ],
})
