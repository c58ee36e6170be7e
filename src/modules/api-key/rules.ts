import { type Context, type Person, Refusal, type Rule } from '@latchkey/kit'
import { lockPerson, securityNotice } from '#modules/person/api.ts'
import { requireStillSignedIn } from '#modules/sessions/api.ts'
import { hourMs, iso, isoOrNull } from '#platform/clock/moment.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { type Place, seal, unseal } from '#platform/crypto/envelope.ts'
import { lastFour, newKey } from '#platform/crypto/key-format.ts'
import { faultFacts } from '#platform/log/log.ts'
import { keyPrefix } from './authenticator.ts'
import {
  type ApiKey,
  type operations,
  overlapHours,
  pages,
  type ReplacedKey,
  refusals,
} from './contract.ts'
import { apiKeyCreated, apiKeyRegenerated, apiKeyRevealed, apiKeyRevoked } from './events.ts'
import {
  type ApiKeyRow,
  deleteOwnKeys,
  deleteReplaced,
  findOwnKeys,
  insertKey,
  retire,
} from './store.ts'

type Ops = typeof operations

const shown = (row: ApiKeyRow) => ({
  lastFour: row.last_four,
  createdAt: iso(row.created_at),
  lastUsedAt: isoOrNull(row.last_used_at),
  lastUsedAddress: row.last_used_address,
  lastUsedAgent: row.last_used_agent,
})

type State = { readonly apiKey: ApiKey | null; readonly replaced: ReplacedKey | null }

const stateOf = async (ctx: Context): Promise<State> => {
  const rows = await findOwnKeys(ctx.db, ctx.actor.userId)
  const current = rows.find((row) => row.standing === 'current')
  const old = rows.find((row) => (row.ends_at ?? 0) > ctx.now())
  return {
    apiKey: current ? { id: current.id, ...shown(current) } : null,
    replaced: old ? { ...shown(old), endsAt: iso(old.ends_at ?? 0) } : null,
  }
}

const placeOf = (id: string): Place => ({ table: 'api_keys', row: id, column: 'sealed' })

const issue = async (ctx: Context): Promise<{ readonly id: string; readonly key: string }> => {
  const id = ctx.random.id('key')
  const key = newKey(ctx.random, keyPrefix)
  await insertKey(ctx.db, {
    id,
    user_id: ctx.actor.userId,
    standing: 'current',
    key_hash: sha256(key),
    sealed: await seal(ctx, placeOf(id), key),
    last_four: lastFour(key),
    created_at: ctx.now(),
    ends_at: null,
    last_used_at: null,
    last_used_address: null,
    last_used_agent: null,
  })
  return { id, key }
}

const letter = (ctx: Context, text: string, key: string) =>
  securityNotice(ctx, ctx.actor.userId, {
    text: `api-key:${text}`,
    page: pages.apiKey,
    values: { what: key },
  })

export const read: Rule<Ops['read']> = (ctx) => stateOf(ctx)

export const create: Rule<Ops['create']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    // Locked, so that two simultaneous requests cannot both find no key.
    await lockPerson(ctx.db, ctx.actor.userId)
    await requireStillSignedIn(ctx)
    if ((await stateOf(ctx)).apiKey) throw new Refusal(refusals.exists)
    const { id, key } = await issue(ctx)
    const data = { lastFour: lastFour(key) }
    const letters = await letter(ctx, 'created', data.lastFour)
    await ctx.announce(apiKeyCreated, data, { target: id, letters })
    return { key, ...(await stateOf(ctx)) }
  })

export const regenerate: Rule<Ops['regenerate']> = (ctx, { keyId, overlap }) =>
  ctx.transaction(async (ctx) => {
    const { userId } = ctx.actor
    await lockPerson(ctx.db, userId)
    await requireStillSignedIn(ctx)
    // At most one old key works beside the new one.
    await deleteReplaced(ctx.db, userId)
    const hours = overlap === 'none' ? 0 : overlapHours
    const claimed = await retire(ctx.db, { userId, id: keyId }, ctx.now() + hours * hourMs)
    if (!claimed) throw new Refusal(refusals.changed)
    if (hours === 0) await deleteReplaced(ctx.db, userId)
    const { key } = await issue(ctx)
    const data = { lastFour: lastFour(key), overlapHours: hours }
    const letters = await letter(ctx, 'regenerated', data.lastFour)
    await ctx.announce(apiKeyRegenerated, data, { target: keyId, letters })
    return { key, ...(await stateOf(ctx)) }
  })

/** Null when the stored value cannot be unsealed: it was changed, moved to another row, or the key file is another. */
const open = async (ctx: Context<Person>, row: ApiKeyRow): Promise<string | null> => {
  try {
    const key = (await unseal(ctx, placeOf(row.id), row.sealed ?? new Uint8Array())).toString()
    return Buffer.from(sha256(key)).equals(row.key_hash) ? key : null
  } catch (error) {
    ctx.log.error({ apiKey: row.id, ...faultFacts(error) }, 'a stored API key cannot be opened')
    return null
  }
}

export const reveal: Rule<Ops['reveal']> = async (ctx) => {
  const rows = await findOwnKeys(ctx.db, ctx.actor.userId)
  const row = rows.find(({ standing }) => standing === 'current')
  if (!row) throw new Refusal(refusals.not_found)
  const key = await open(ctx, row)
  const result = key === null ? 'failure' : 'success'
  // Recorded before the key is shown, so that no viewing stays unrecorded.
  await ctx.announce(apiKeyRevealed, { lastFour: row.last_four }, { target: row.id, result })
  if (key === null) throw new Refusal(refusals.unreadable)
  return { key }
}

export const revoke: Rule<Ops['revoke']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    const gone = await deleteOwnKeys(ctx.db, ctx.actor.userId, ctx.now())
    const first = gone.find(({ standing }) => standing === 'current') ?? gone[0]
    if (!first) throw new Refusal(refusals.not_found)
    const letters = await letter(ctx, 'revoked', first.last_four)
    const data = { lastFour: first.last_four, because: 'revoked' } as const
    await ctx.announce(apiKeyRevoked, data, { target: first.id, letters })
    return {}
  })
