import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  cards: [
    {
      slot: 'profile',
      order: 50,
      needs: 'account.view',
      load: async () => (await import('./ChangePasswordCard.tsx')).ChangePasswordCard,
    },
  ],
  links: [
    {
      slot: 'recent-events',
      order: 10,
      needs: 'account.view',
      labelKey: 'links.change',
      to: { card: 'profile', hash: 'password' },
    },
  ],
  checkUp: [
    {
      part: 'protection',
      order: 40,
      load: async () => (await import('./check-up.ts')).checkUp,
    },
  ],
})
