import { KeySquare } from 'lucide-react'
import { defineCheckUp } from '#web/lib/check-up.ts'
import { api, pages } from '#web/lib/client.ts'

/** The one key that may do all the person may. */
export const checkUp = defineCheckUp({
  icon: KeySquare,
  nameKey: 'checkUp.name',
  query: api.apiKey.read.query(),
  rows: ({ apiKey }, { t }) =>
    apiKey === null
      ? []
      : [
          {
            icon: KeySquare,
            name: t('checkUp.name'),
            fact: t('checkUp.fact'),
            action: { to: pages.apiKey.apiKey, label: t('checkUp.action') },
          },
        ],
})
