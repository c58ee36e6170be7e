import type { Actor, AuthMethod, Context } from '@latchkey/kit'
import { z } from 'zod'
import { ceremonyMs, closeCeremony, openCeremony, relyingParty } from './ceremony.ts'
import { AuthenticationResponse } from './contract.ts'
import { noteRefused } from './note-refused.ts'
import {
  descriptorOf,
  findByCredentialId,
  hasVerifiedPasskey,
  listPasskeys,
  noteUse,
} from './store.ts'
import { trustPasskey } from './trust.ts'
import { verifyAssertion } from './verify.ts'
import { webauthn } from './webauthn.ts'

/** JSON inside a text: the contract's schema has not validated its content. */
const Proof = z.strictObject({
  ceremonyId: z.string().regex(/^\w{1,64}$/),
  response: AuthenticationResponse,
})

const readProof = (text: string): z.output<typeof Proof> | null => {
  try {
    return Proof.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

const challenge = async (ctx: Context<Actor>, userId: string): Promise<Record<string, unknown>> => {
  const { rpId } = relyingParty(ctx)
  const { ceremonyId, challenge } = await openCeremony(ctx, {
    purpose: 'prove',
    userId,
    device: ctx.actor.client.device,
  })
  const options = await (await webauthn()).generateAuthenticationOptions({
    rpID: rpId,
    challenge,
    timeout: ceremonyMs,
    userVerification: 'required',
    allowCredentials: (await listPasskeys(ctx.db, userId))
      .filter((row) => row.verified_at !== null)
      .map(descriptorOf),
  })
  return { ceremonyId, options }
}

/** Only user verification counts here: presence alone is one factor, possibly one already given. */
const verify = async (ctx: Context<Actor>, userId: string, proof: string): Promise<boolean> => {
  const read = readProof(proof)
  const ceremony = read && (await closeCeremony(ctx, read.ceremonyId, 'prove'))
  if (!read || !ceremony || ceremony.user_id !== userId) return false
  const row = await findByCredentialId(ctx.db, read.response.id)
  // A passkey that was never trusted to verify the user proves only possession, even if it now claims verification.
  if (row?.user_id !== userId || row.verified_at === null) return false
  const verified = await verifyAssertion(row, read.response, {
    challenge: ceremony.challenge,
    ...relyingParty(ctx),
  })
  if (typeof verified === 'string') {
    await noteRefused(ctx, row, verified)
    return false
  }
  if (!verified.userVerified) return false
  return noteUse(ctx.db, row, {
    counter: verified.counter,
    backed_up: verified.backedUp ? 1 : 0,
    at: ctx.now(),
  })
}

export const passkeyMethod: AuthMethod = {
  id: 'passkey',
  strength: 100,
  isSecondFactor: true,
  isGuessable: false,
  available: (ctx, userId) => hasVerifiedPasskey(ctx.db, userId),
  entry: async (ctx, userId) => {
    if (await hasVerifiedPasskey(ctx.db, userId)) return 'alone'
    return (await listPasskeys(ctx.db, userId)).length > 0 ? 'with another' : null
  },
  challenge,
  verify,
  raise: trustPasskey,
}
