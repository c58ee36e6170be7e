import type { Actor, Context } from '@latchkey/kit'
import { coreSettings } from '#platform/config/core.ts'
import { publicOrigins } from '#platform/config/public-url.ts'
import { keyedHash } from '#platform/crypto/digest.ts'
import { insertCeremony, takeCeremony } from './store.ts'

type Purpose = 'register' | 'sign-in' | 'prove'

/** WebAuthn Level 3 §15.1 recommends 300 to 600 seconds; the challenge lives as long as the dialog may. */
export const ceremonyMs = 300_000
const challengeBytes = 32

export const relyingParty = (
  ctx: Pick<Context, 'config'>,
): { readonly rpId: string; readonly origins: string[] } => {
  const origins = [...publicOrigins(ctx.config.read(coreSettings))]
  return { rpId: new URL(origins[0] ?? '').hostname, origins }
}

/** Binds a challenge to one browser: by its session when signed in, else by its device cookie. */
const holderOf = (
  ctx: Pick<Context<Actor>, 'keys' | 'actor'>,
  device: string | null,
): Uint8Array => {
  const who = ctx.actor.kind === 'session' ? ctx.actor.credentialId : `device ${device ?? ''}`
  return keyedHash(ctx.keys.version('lookup', 1), 'ceremony', who)
}

export const openCeremony = async (
  ctx: Context<Actor>,
  ceremony: {
    readonly purpose: Purpose
    readonly userId: string | null
    readonly device: string | null
  },
): Promise<{ readonly ceremonyId: string; readonly challenge: Uint8Array<ArrayBuffer> }> => {
  const challenge = Uint8Array.from(ctx.random.bytes(challengeBytes))
  const ceremonyId = ctx.random.id('cer')
  await insertCeremony(ctx.db, {
    id: ceremonyId,
    purpose: ceremony.purpose,
    challenge: Buffer.from(challenge).toString('base64url'),
    user_id: ceremony.userId,
    holder: holderOf(ctx, ceremony.device),
    expires_at: ctx.now() + ceremonyMs,
  })
  return { ceremonyId, challenge }
}

/** Any answer consumes the challenge, right or wrong. */
export const closeCeremony = (ctx: Context<Actor>, ceremonyId: string, purpose: Purpose) =>
  takeCeremony(
    ctx.db,
    { id: ceremonyId, purpose, holder: holderOf(ctx, ctx.actor.client.device) },
    ctx.now(),
  )
