import { type Context, command, Refusal, type System } from '@latchkey/kit'
import { z } from 'zod'
import { findPersonById, securityNotice } from '#modules/person/api.ts'
import { iso, isoOrNull } from '#platform/clock/moment.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { hasKeyForm } from '#platform/crypto/key-format.ts'
import { tokenPrefix } from './authenticator.ts'
import { pages, refusals } from './contract.ts'
import { tokenRevoked } from './events.ts'
import { revokeLeakedToken } from './leaked-token.ts'
import { stateOf } from './rules.ts'
import { findByHash, revokeById } from './store.ts'

const secret = 'the token'
const Secret = z.string().trim().min(1).max(200)

const notOurs = (reason: string) => ({
  data: { works: false, reason },
  text: [`It does not work: ${reason}.`],
  hasProblem: true,
})

const examine = async (ctx: Context<System>, token: string) => {
  if (!hasKeyForm(token, tokenPrefix))
    return notOurs('it is not an access token, or not all of one')
  const row = await findByHash(ctx.db, sha256(token))
  if (!row) return notOurs('no such token was ever made here, or it ended long ago')
  const person = await findPersonById(ctx.db, row.user_id)
  const state = stateOf(row, ctx.now())
  const isDisabled = person?.disabled_at !== null
  const works = (state === 'active' || state === 'replaced') && !isDisabled
  const scopes = JSON.parse(row.scopes) as string[]
  const why = isDisabled ? 'the account of its person is disabled' : `it is ${state}`
  const facts = {
    tokenId: row.id,
    name: row.name,
    email: person?.email ?? null,
    role: person?.role ?? null,
    ...{ scopes, state },
    createdAt: iso(row.created_at),
    expiresAt: isoOrNull(row.expires_at),
    revokedAt: isoOrNull(row.revoked_at),
    lastUsedAt: isoOrNull(row.last_used_at),
    lastUsedAddress: row.last_used_address,
  }
  return {
    data: { works, ...(works ? {} : { reason: why }), ...facts },
    text: [
      works ? 'It works.' : `It does not work: ${why}.`,
      `“${row.name}” (${row.id}) of ${facts.email}, ${facts.role}`,
      `Scopes: ${scopes.join(', ') || 'none'}`,
      `Created ${facts.createdAt}, expires ${facts.expiresAt ?? 'never'}, last used ${facts.lastUsedAt ?? 'never'}`,
    ],
    hasProblem: !works,
  }
}

const verify = command({
  name: 'token verify',
  summary: 'Look whether an access token works, whose it is and what it may do',
  about: [
    'The token is read from standard input, so that neither the list of processes nor the history of the shell sees it; at a terminal it is asked for and not shown. It is not noted as used.',
    'It ends with 1 when the token does not work. What a token may do is its scopes and the role of its person together.',
  ],
  secret,
  examples: ['token verify', 'token verify --json < found-token.txt'],
  input: z.object({ secret: Secret }),
  run: (ctx, { secret }) => examine(ctx, secret),
})

const revokeNamed = (ctx: Context<System>, id: string): Promise<void> =>
  ctx.transaction(async (ctx) => {
    const revoked = await revokeById(ctx.db, id, ctx.now())
    if (!revoked) throw new Refusal(refusals.not_found)
    const letters = await securityNotice(ctx, revoked.user_id, {
      text: 'access-tokens:revokedByOperator',
      page: pages.create,
      values: { what: revoked.name },
    })
    const about = { userId: revoked.user_id, target: revoked.id, letters }
    await ctx.announce(tokenRevoked, { name: revoked.name, because: 'revoked' }, about)
  })

const revoke = command({
  name: 'token revoke',
  summary: 'End an access token by its id: the next request with it is refused',
  about: [
    'The id is what latchkey token verify and the audit trail name, like tok_01k…. Its person is told by mail. It cannot be taken back; they create a new one.',
    'For a token that was found where others could read it, use latchkey token leaked: it takes the token itself.',
  ],
  arguments: [{ name: 'id', summary: 'Id of the token.' }],
  examples: ['token revoke tok_01kax3m9q2c7r8e5y6'],
  input: z.object({ id: z.string().min(1).max(64) }),
  run: async (ctx, { id }) => {
    await revokeNamed(ctx, id)
    return { data: { tokenId: id }, text: [`${id} is revoked. Its person is told.`] }
  },
})

const leaked = command({
  name: 'token leaked',
  summary: 'End an access token that was found where others could read it',
  about: [
    'The token is read from standard input; at a terminal it is asked for and not shown. Its person is told that it was found and that it no longer works. The same as POST /api/v1/leaked-token.',
    'It ends with 1 when it is none of ours, or was over already.',
  ],
  secret,
  examples: ['token leaked < found-token.txt'],
  input: z.object({ secret: Secret }),
  run: async (ctx, { secret }) => {
    const revoked = await revokeLeakedToken(ctx, secret)
    return {
      data: { revoked },
      text: [
        revoked
          ? 'It is revoked, and its person is told.'
          : 'Nothing to do: it is no token of this installation, or was over already.',
      ],
      hasProblem: !revoked,
    }
  },
})

export const commands = [verify, revoke, leaked]
