import { Ticket } from 'lucide-react'
import { defineCheckUp } from '#web/lib/check-up.ts'
import { api, pages } from '#web/lib/client.ts'

/** More cannot be in use at once, so that one page of the list holds all of them. */
const tokensMax = 100

/** Programs that hold a token. */
export const checkUp = defineCheckUp({
  icon: Ticket,
  nameKey: 'checkUp.name',
  query: api.accessTokens.list.query({ state: 'active', limit: tokensMax }),
  rows: ({ tokens }, { t, formatter }) => {
    const count = tokens.length
    if (count === 0) return []
    return [
      {
        icon: Ticket,
        name: t('checkUp.name'),
        fact: t('checkUp.fact', { count, shown: formatter.number(count) }),
        action: { to: pages.accessTokens.list, label: t('checkUp.action') },
      },
    ]
  },
})
