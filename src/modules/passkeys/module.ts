import { answer, defineModule } from '@latchkey/kit'
import { commands } from './commands.ts'
import { operations, pages, refusals } from './contract.ts'
import * as events from './events.ts'
import { jobs } from './jobs.ts'
import { passkeyMethod } from './method.ts'
import { dismissOffer, readOffer } from './rules/offer.ts'
import { begin, register, remove } from './rules/register.ts'
import { list, readProviderIcon, rename, signIn, signInOptions } from './rules.ts'
import { passkeySettings } from './settings.ts'
import { startCheck } from './start-check.ts'
import { deleteCeremonies } from './store.ts'
import { migrations } from './tables.ts'
import { wellKnown } from './well-known.ts'

export default defineModule({
  name: 'passkeys',
  summary: 'Passkeys: signing in with a fingerprint, a face or a key instead of a password',
  needs: ['person', 'recovery-codes', 'sessions'],
  operations: answer(operations, {
    list,
    begin,
    register,
    rename,
    remove,
    readOffer,
    dismissOffer,
    readProviderIcon,
    signInOptions,
    signIn,
  }),
  permissions: [
    {
      id: 'account.passkeys.manage',
      label: 'Manage passkeys',
      roles: ['owner', 'admin', 'member', 'viewer'],
    },
  ],
  refusals,
  events: Object.values(events),
  migrations,
  settings: [passkeySettings],
  methods: [passkeyMethod],
  jobs,
  commands,
  wellKnown,
  startCheck,
  afterRestore: async (ctx) => ({ passkeyChallenges: await deleteCeremonies(ctx.db) }),
  pages: Object.values(pages),
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
