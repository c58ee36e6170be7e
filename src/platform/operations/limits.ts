import { type Actor, type Person, Refusal } from '@latchkey/kit'
import { addressBucket } from '../client/address.ts'
import { rememberedIso } from '../clock/moment.ts'
import type { RequestState } from '../http/request-state.ts'
import { refusals } from '../refusals.ts'

const addressWindowSeconds = 10
const isKey = (actor: Actor): actor is Person =>
  actor.kind === 'token' || actor.kind === 'api-key' || actor.kind === 'agent'

type Counted = { readonly name: string; readonly max: number; readonly windowSeconds: number }

const takeOne = ({ runtime, headers }: RequestState, rule: Counted, who: string): void => {
  const verdict = runtime.limiter.take(`${rule.name} ${who}`, rule, runtime.services.now())
  headers['ratelimit-policy'] = `"${rule.name}";q=${rule.max};w=${rule.windowSeconds}`
  headers.ratelimit = `"${rule.name}";r=${verdict.remaining};t=${verdict.resetSeconds}`
  if (verdict.allowed) return
  throw new Refusal(refusals.too_many_requests, {
    retryAfterSeconds: verdict.resetSeconds,
    'violated-policies': [rule.name],
  })
}

export const takeFromAddress = (state: RequestState): void => {
  const max = state.runtime.limits.requestsPerAddress
  const rule = { name: 'address', max, windowSeconds: addressWindowSeconds }
  takeOne(state, rule, addressBucket(state.incoming.client.address))
}

/** Before anything is looked up: a flood of made-up credentials buys no work (attack A10). */
export const limitAddress = (state: RequestState): void => {
  if (state.entry.operation.caller !== 'proxy') takeFromAddress(state)
}

export const limitOperation = (state: RequestState): void => {
  const { limit, name } = state.entry.operation
  if (!limit) return
  const { actor, incoming } = state
  const who =
    limit.per === 'person' && 'userId' in actor
      ? actor.userId
      : addressBucket(incoming.client.address)
  takeOne(state, { name, ...limit }, who)
}

const keyWindowSeconds = 60

/** A key is a program: it can be slowed down without a person waiting. */
export const limitKey = (state: RequestState): void => {
  const { actor, runtime, entry, headers } = state
  if (!isKey(actor)) return
  if (actor.expiresAt !== null) headers['x-latchkey-token-expires'] = rememberedIso(actor.expiresAt)
  if (entry.operation.caller === 'proxy') return
  const rule = { name: 'key', max: runtime.limits.requestsPerKey, windowSeconds: keyWindowSeconds }
  takeOne(state, rule, actor.credentialId)
}

const atOnce = 'key-at-once'

/** Runs `work` unless the same key has too much under way already. */
export const withinKeysShare = async <T>(
  { actor, runtime, entry, headers }: RequestState,
  work: () => Promise<T>,
): Promise<T> => {
  if (!isKey(actor) || entry.operation.caller === 'proxy') return work()
  const { credentialId } = actor
  const underWay = runtime.running.get(credentialId) ?? 0
  const { requestsAtOncePerKey: max } = runtime.limits
  if (underWay >= max) {
    headers['ratelimit-policy'] = `"${atOnce}";q=${max};qu="concurrent-requests"`
    delete headers.ratelimit
    throw new Refusal(refusals.too_many_requests, {
      retryAfterSeconds: 1,
      'violated-policies': [atOnce],
    })
  }
  runtime.running.set(credentialId, underWay + 1)
  try {
    return await work()
  } finally {
    const left = (runtime.running.get(credentialId) ?? 1) - 1
    if (left === 0) runtime.running.delete(credentialId)
    else runtime.running.set(credentialId, left)
  }
}
