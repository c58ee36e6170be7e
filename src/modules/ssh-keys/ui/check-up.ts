import { SquareTerminal } from 'lucide-react'
import { defineCheckUp } from '#web/lib/check-up.ts'
import { api, pages } from '#web/lib/client.ts'

/** Keys that servers let in. */
export const checkUp = defineCheckUp({
  icon: SquareTerminal,
  nameKey: 'checkUp.name',
  query: api.sshKeys.list.query({ limit: 1 }),
  rows: ({ total }, { t, formatter }) =>
    total === 0
      ? []
      : [
          {
            icon: SquareTerminal,
            name: t('checkUp.name'),
            fact: t('checkUp.fact', { count: total, shown: formatter.number(total) }),
            action: { to: pages.sshKeys.list, label: t('checkUp.action') },
          },
        ],
})
