import { defineModule } from '@latchkey/kit'
import { refusals } from './contract.ts'
import * as events from './events.ts'
import { raiseAllEpochs } from './store.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'person',
  summary: 'What a person is: the ground every other module about people stands on',
  refusals,
  events: Object.values(events),
  migrations,
  // Credentials from before the restore are void, because some were revoked since the backup.
  afterRestore: async (ctx) => {
    await raiseAllEpochs(ctx.db)
    return {}
  },
  fixtures: () => import('./fixtures.ts'),
})
