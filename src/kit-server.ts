import type { Server } from '@latchkey/kit/server'
import { findPersonById, lockPerson, securityNotice } from '#modules/person/api.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { sameText, sha256 } from '#platform/crypto/digest.ts'
import { seal, unseal } from '#platform/crypto/envelope.ts'
import { hashPassword, verifyPassword } from '#platform/crypto/password-hash.ts'
import { newSecret } from '#platform/crypto/random.ts'
import { isDuplicate } from '#platform/db/dialect.ts'
import { canonicalEmail } from '#platform/identity/canonical-email.ts'
import { guard } from '#platform/identity/guard.ts'
import { availableMethods } from '#platform/identity/methods.ts'
import {
  consumeOneTimeToken,
  issueOneTimeToken,
  mayMailAgain,
  peekOneTimeToken,
  voidOneTimeTokens,
} from '#platform/identity/one-time-token.ts'
import { pageByKey } from '#platform/paging/page-by-key.ts'
import { enqueueWork } from '#platform/work/enqueue.ts'
import { cancelWork, findWork } from '#platform/work/follow.ts'

/** The product's implementation of `@latchkey/kit/server`. */
export const kitServer: Server = {
  ...{ seal, unseal, newSecret, sha256, sameText, hashPassword, verifyPassword },
  ...{ issueOneTimeToken, peekOneTimeToken, consumeOneTimeToken, voidOneTimeTokens, mayMailAgain },
  ...{ publicLink, canonicalEmail, securityNotice, availableMethods, isDuplicate, pageByKey },
  ...{ enqueueWork, findWork, cancelWork },
  findPerson: async (db, userId) => {
    const person = await findPersonById(db, userId)
    if (!person) return null
    const { id, name, email, role, disabled_at } = person
    return { id, name, email, role, isDisabled: disabled_at !== null }
  },
  lockPerson: async (db, userId) => {
    await lockPerson(db, userId)
  },
  guardGuess: (ctx, userId, check) => guard(ctx, { account: userId, kind: 'second-factor' }, check),
}
