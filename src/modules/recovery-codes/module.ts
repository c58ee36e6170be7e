import { defineModule } from '@latchkey/kit'
import * as events from './events.ts'
import { recoveryCodeMethod } from './method.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'recovery-codes',
  summary: 'Recovery codes, and what follows when a second step is asked for or no longer',
  needs: ['person', 'sessions'],
  events: Object.values(events),
  migrations,
  methods: [recoveryCodeMethod],
  fixtures: () => import('./fixtures.ts'),
})
