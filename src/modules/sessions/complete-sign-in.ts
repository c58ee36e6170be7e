import { type Actor, type Context, issuing } from '@latchkey/kit'
import { sha256 } from '#platform/crypto/digest.ts'
import { newSecret } from '#platform/crypto/random.ts'
import {
  availableMethods,
  hasSecondFactor,
  type Proof,
  remainingMethods,
} from '#platform/identity/methods.ts'
import { signedIn } from './events.ts'
import { endOwnSession } from './own-session.ts'
import { insertPending } from './pending.ts'
import { startSession } from './start-session.ts'

type Proven = {
  readonly userId: string
  readonly proofs: readonly [Proof, ...Proof[]]
  readonly keepSignedIn: boolean
}

const pendingMs = 10 * 60 * 1000

/** Completes every kind of sign-in. It replaces a session that was open in this browser. */
export const openSession = async (ctx: Context<Actor>, person: Proven) => {
  await endOwnSession(ctx, 'replaced')
  const { sessionId, issued } = await startSession(ctx, person)
  const method = person.proofs.map((proof) => proof.method).join('+')
  await ctx.announce(signedIn, { method }, { userId: person.userId, sessionId })
  return issuing({ next: 'done' as const }, { ...issued, pending: null })
}

const startPending = async (ctx: Context<Actor>, person: Proven, methods: readonly string[]) => {
  const value = newSecret(ctx.random)
  const at = ctx.now()
  await insertPending(ctx.db, {
    id: ctx.random.id('pen'),
    token_hash: sha256(value),
    user_id: person.userId,
    proofs: JSON.stringify(
      person.proofs.map(({ method, isSecondFactor, raises }) => ({
        method,
        isSecondFactor,
        raises,
      })),
    ),
    keep_signed_in: person.keepSignedIn ? 1 : 0,
    tries: 0,
    created_at: at,
    expires_at: at + pendingMs,
    ended_at: null,
  })
  return issuing(
    { next: 'second-factor' as const, methods: [...methods] },
    { pending: { value, expiresAt: null } },
  )
}

/**
 * After the first proof: signed in, or one more step. `isComplete` says that the proof was two factors at once,
 * as a passkey is that verified the person.
 */
export const completeSignIn = async (
  ctx: Context<Actor>,
  person: Proven & { readonly isComplete: boolean },
) => {
  if (person.isComplete) return openSession(ctx, person)
  const open = await availableMethods(ctx, person.userId)
  const [first] = person.proofs
  if (first.method === 'password' && !hasSecondFactor(open)) return openSession(ctx, person)
  return startPending(
    ctx,
    person,
    remainingMethods(open, person.proofs).map((authMethod) => authMethod.id),
  )
}
