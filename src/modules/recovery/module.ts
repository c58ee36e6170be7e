import { answer, defineModule } from '@latchkey/kit'
import { entrances, operations, refusals } from './contract.ts'
import * as events from './events.ts'
import { jobs } from './jobs.ts'
import { cancel, finish, read, start, stop, stopByLink } from './rules.ts'
import { endAllOpen, listOpen } from './store.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'recovery',
  summary: 'The way back for somebody who lost every way in: slow, told, and theirs to stop',
  needs: [
    'access-tokens',
    'api-key',
    'passkeys',
    'password',
    'person',
    'sessions',
    'ssh-keys',
    'two-factor',
  ],
  operations: answer(operations, { read, stop, stopByLink, start, cancel, finish }),
  refusals,
  events: Object.values(events),
  migrations,
  jobs,
  listOpenRecoveries: listOpen,
  afterRestore: async (ctx) => ({ recoveries: await endAllOpen(ctx.db, ctx.now()) }),
  entrances,
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
