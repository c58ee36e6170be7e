import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  cards: [
    {
      slot: 'check-up',
      order: 10,
      needs: 'account.view',
      load: async () => (await import('./RecentEventsCard.tsx')).RecentEventsCard,
    },
  ],
})
