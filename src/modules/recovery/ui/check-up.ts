import { defineAlarm } from '#web/lib/check-up.ts'
import { recoveryQuery } from './queries.ts'
import { RecoveryAlarm } from './RecoveryAlarm.tsx'

export const alarm = defineAlarm({
  query: recoveryQuery,
  isRaised: ({ recovery }) => recovery !== null,
  card: RecoveryAlarm,
})
