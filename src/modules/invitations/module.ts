import { defineModule } from '@latchkey/kit'
import { signInSettings } from './settings.ts'
import { expireInvitations } from './store.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'invitations',
  summary: 'Who may get an account, and who was asked in and has not come yet',
  needs: ['person'],
  migrations,
  settings: [signInSettings],
  afterRestore: async (ctx) => ({ invitations: await expireInvitations(ctx.db, ctx.now()) }),
  fixtures: () => import('./fixtures.ts'),
})
