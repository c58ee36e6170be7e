import { LockKeyhole } from 'lucide-react'
import { defineCheckUp } from '#web/lib/check-up.ts'

/** Every account has one. */
export const checkUp = defineCheckUp({
  icon: LockKeyhole,
  nameKey: 'checkUp.name',
  rows: (_, { t }) => [
    {
      icon: LockKeyhole,
      name: t('checkUp.name'),
      state: { tone: 'good', word: t('checkUp.set') },
      fact: t('checkUp.fact'),
      action: { to: { card: 'profile', hash: 'password' }, label: t('links.change') },
    },
  ],
})
