import { KeyRound } from 'lucide-react'
import { defineCheckUp } from '#web/lib/check-up.ts'
import { pages } from '#web/lib/client.ts'
import { passkeysQuery } from './queries.ts'

export const checkUp = defineCheckUp({
  icon: KeyRound,
  nameKey: 'checkUp.name',
  query: passkeysQuery,
  rows: ({ passkeys }, { t, formatter }) => {
    const count = passkeys.length
    if (count === 0) return []
    const isUsed = passkeys.some(({ lastUsedAt }) => lastUsedAt !== null)
    return [
      {
        icon: KeyRound,
        name: t('checkUp.name'),
        state: isUsed
          ? { tone: 'good', word: t('checkUp.used') }
          : { tone: 'plain', word: t('checkUp.unused') },
        fact: t('checkUp.fact', { count, shown: formatter.number(count) }),
        action: { to: pages.passkeys.list, label: t('checkUp.manage') },
      },
    ]
  },
  next: ({ passkeys }, { t }) =>
    passkeys.length > 0
      ? []
      : [
          {
            icon: KeyRound,
            name: t('checkUp.next.name'),
            fact: t('checkUp.next.fact'),
            action: { to: pages.passkeys.list, label: t('checkUp.next.action') },
          },
        ],
})
