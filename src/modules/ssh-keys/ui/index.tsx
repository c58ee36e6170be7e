import { SquareTerminal } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  pages: [
    {
      path: pages.sshKeys.list,
      area: 'account',
      group: 'keys',
      titleKey: 'title',
      icon: SquareTerminal,
      order: 30,
      needs: 'account.ssh_keys.manage',
      load: async () => (await import('./SshKeysPage.tsx')).SshKeysPage,
    },
  ],
  checkUp: [
    {
      part: 'access',
      order: 40,
      needs: 'account.ssh_keys.manage',
      load: async () => (await import('./check-up.ts')).checkUp,
    },
  ],
})
