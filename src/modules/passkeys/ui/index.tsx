import { KeyRound } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  pages: [
    {
      path: pages.passkeys.list,
      area: 'account',
      group: 'signing-in',
      titleKey: 'title',
      icon: KeyRound,
      order: 40,
      needs: 'account.passkeys.manage',
      load: async () => (await import('./PasskeysPage.tsx')).PasskeysPage,
    },
  ],
  cards: [
    {
      slot: 'foot',
      order: 10,
      needs: 'account.passkeys.manage',
      load: async () => (await import('./PasskeyOffer.tsx')).PasskeyOffer,
    },
  ],
  checkUp: [
    {
      part: 'protection',
      order: 10,
      needs: 'account.passkeys.manage',
      load: async () => (await import('./check-up.ts')).checkUp,
    },
  ],
})
