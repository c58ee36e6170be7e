import { answer, defineModule } from '@latchkey/kit'
import { operations } from './contract.ts'
import { list } from './rules.ts'

export default defineModule({
  name: 'activity',
  summary: 'The audit trail: what happened to your account, when and from where',
  operations: answer(operations, { list }),
})
