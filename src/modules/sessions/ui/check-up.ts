import { MonitorSmartphone } from 'lucide-react'
import { defineCheckUp } from '#web/lib/check-up.ts'
import { api, pages } from '#web/lib/client.ts'

/** Browsers that are signed in. */
export const checkUp = defineCheckUp({
  icon: MonitorSmartphone,
  nameKey: 'checkUp.name',
  query: api.sessions.list.query({ limit: 1 }),
  rows: ({ total }, { t, formatter }) => [
    {
      icon: MonitorSmartphone,
      name: t('checkUp.name'),
      fact: t('checkUp.fact', { count: total, shown: formatter.number(total) }),
      action: { to: pages.sessions.list, label: t('links.review') },
    },
  ],
})
