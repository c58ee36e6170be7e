import { type Actor, type Person, Refusal } from '@latchkey/kit'
import { addressBucket } from '../client/address.ts'
import { rememberedIso } from '../clock/moment.ts'
import type { Passage } from './passage.ts'
import { refusals } from './refusals.ts'

const addressWindowSeconds = 10
const isKey = (actor: Actor): actor is Person =>
  actor.kind === 'token' || actor.kind === 'api-key' || actor.kind === 'agent'

type Counted = { readonly name: string; readonly max: number; readonly windowSeconds: number }

const takeOne = ({ door, headers }: Passage, rule: Counted, who: string): void => {
  const verdict = door.limiter.take(`${rule.name} ${who}`, rule, door.ground.now())
  headers['ratelimit-policy'] = `"${rule.name}";q=${rule.max};w=${rule.windowSeconds}`
  headers.ratelimit = `"${rule.name}";r=${verdict.remaining};t=${verdict.resetSeconds}`
  if (verdict.allowed) return
  throw new Refusal(refusals.too_many_requests, {
    retryAfterSeconds: verdict.resetSeconds,
    'violated-policies': [rule.name],
  })
}

export const takeFromAddress = (passage: Passage): void => {
  const max = passage.door.limits.requestsPerAddress
  const rule = { name: 'address', max, windowSeconds: addressWindowSeconds }
  takeOne(passage, rule, addressBucket(passage.incoming.client.address))
}

/** Before anything is looked up: a flood of made-up credentials buys no work (attack A10). */
export const limitAddress = (passage: Passage): void => {
  if (passage.entry.operation.caller !== 'proxy') takeFromAddress(passage)
}

export const limitOperation = (passage: Passage): void => {
  const { limit, name } = passage.entry.operation
  if (!limit) return
  const { actor, incoming } = passage
  const who =
    limit.per === 'person' && 'userId' in actor
      ? actor.userId
      : addressBucket(incoming.client.address)
  takeOne(passage, { name, ...limit }, who)
}

const keyWindowSeconds = 60

/** A key is a program: it can be slowed down without a person waiting. */
export const limitKey = (passage: Passage): void => {
  const { actor, door, entry, headers } = passage
  if (!isKey(actor)) return
  if (actor.expiresAt !== null) headers['x-latchkey-token-expires'] = rememberedIso(actor.expiresAt)
  if (entry.operation.caller === 'proxy') return
  const rule = { name: 'key', max: door.limits.requestsPerKey, windowSeconds: keyWindowSeconds }
  takeOne(passage, rule, actor.credentialId)
}

const atOnce = 'key-at-once'

/** Runs `work` unless the same key has too much under way already. */
export const withinKeysShare = async <T>(
  { actor, door, entry, headers }: Passage,
  work: () => Promise<T>,
): Promise<T> => {
  if (!isKey(actor) || entry.operation.caller === 'proxy') return work()
  const { credentialId } = actor
  const underWay = door.running.get(credentialId) ?? 0
  const { requestsAtOncePerKey: max } = door.limits
  if (underWay >= max) {
    headers['ratelimit-policy'] = `"${atOnce}";q=${max};qu="concurrent-requests"`
    delete headers.ratelimit
    throw new Refusal(refusals.too_many_requests, {
      retryAfterSeconds: 1,
      'violated-policies': [atOnce],
    })
  }
  door.running.set(credentialId, underWay + 1)
  try {
    return await work()
  } finally {
    const left = (door.running.get(credentialId) ?? 1) - 1
    if (left === 0) door.running.delete(credentialId)
    else door.running.set(credentialId, left)
  }
}
