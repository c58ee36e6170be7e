import { answer, defineModule } from '@latchkey/kit'
import { operations } from './contract.ts'
import * as events from './events.ts'
import { jobs } from './jobs.ts'
import { noteKeyInUrl } from './key-in-url.ts'
import { report } from './rules.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'leaked-keys',
  summary: 'Keys that turn up where others can read them: reported ones end, and owners are told',
  needs: ['access-tokens', 'api-key', 'person'],
  operations: answer(operations, { report }),
  events: Object.values(events),
  migrations,
  jobs,
  onKeyInUrl: noteKeyInUrl,
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
