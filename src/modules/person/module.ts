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
  // Credentials of before the backup do not count, whoever holds them.
  afterRestore: async (ctx) => {
    await raiseAllEpochs(ctx.db)
    return {}
  },
})
