import { Plus, Ticket } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { defineUi } from '#web/lib/ui-module.ts'

const needs = 'account.tokens.manage'

export const ui = defineUi({
  pages: [
    {
      path: pages.accessTokens.list,
      area: 'account',
      group: 'keys',
      titleKey: 'title',
      icon: Ticket,
      order: 10,
      needs,
      load: async () => (await import('./TokensPage.tsx')).TokensPage,
    },
    {
      path: pages.accessTokens.create,
      within: pages.accessTokens.list,
      area: 'account',
      group: 'keys',
      titleKey: 'create.title',
      icon: Plus,
      order: 11,
      needs,
      load: async () => (await import('./CreatePage.tsx')).CreatePage,
    },
  ],
  checkUp: [
    {
      part: 'access',
      order: 20,
      needs,
      load: async () => (await import('./check-up.ts')).checkUp,
    },
  ],
})
