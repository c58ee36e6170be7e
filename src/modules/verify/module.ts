import { answer, defineModule } from '@latchkey/kit'
import { operations, refusals } from './contract.ts'
import { proxy } from './protocol.ts'
import { check } from './rules.ts'
import { verifySettings } from './settings.ts'

export default defineModule({
  name: 'verify',
  summary: 'Tells a reverse proxy who is asking, so that any application can stand behind it',
  operations: answer(operations, { check }),
  refusals,
  protocols: [proxy],
  settings: [verifySettings],
})
