import { type Actor, type Person, Refusal, type RegisteredClient } from '@latchkey/kit'
import { addressBucket } from '../client/address.ts'
import { refusals } from '../refusals.ts'
import type { Call } from './call.ts'

const addressWindowSeconds = 10

/** Limits of a program, which can be slowed down without making a person wait. */
export const isProgram = (actor: Actor): actor is Person | RegisteredClient =>
  actor.kind === 'token' ||
  actor.kind === 'api-key' ||
  actor.kind === 'agent' ||
  actor.kind === 'client'

type Counted = { readonly name: string; readonly max: number; readonly windowSeconds: number }

const takeOne = (call: Call, rule: Counted, who: string): void => {
  const { limiter, services } = call.runtime
  const { allowed, remaining, resetSeconds } = limiter.take(
    `${rule.name} ${who}`,
    rule,
    services.now(),
  )
  const { name, max, windowSeconds: seconds } = rule
  call.quota = { name, max, window: { seconds, remaining, resetSeconds } }
  if (allowed) return
  throw new Refusal(refusals.too_many_requests, {
    retryAfterSeconds: resetSeconds,
    'violated-policies': [rule.name],
  })
}

/** For unknown callers: it comes before any look-up, so a flood of made-up credentials costs little (attack A10). */
export const takeFromAddress = (call: Call): void => {
  const max = call.runtime.limits.requestsPerAddress
  const rule = { name: 'address', max, windowSeconds: addressWindowSeconds }
  takeOne(call, rule, addressBucket(call.actor.client.address))
}

const accountOf = (actor: Actor): string | null => {
  if ('userId' in actor) return actor.userId
  return actor.kind === 'client' ? actor.clientId : null
}

export const limitOperation = (call: Call): void => {
  const { limit, name } = call.entry.operation
  if (!limit) return
  const own = limit.per === 'person' ? accountOf(call.actor) : null
  takeOne(call, { name, ...limit }, own ?? addressBucket(call.actor.client.address))
}

const keyWindowSeconds = 60

export const limitKey = (call: Call): void => {
  const { actor, runtime, isMetered } = call
  if (!isMetered || !isProgram(actor)) return
  const rule = { name: 'key', max: runtime.limits.requestsPerKey, windowSeconds: keyWindowSeconds }
  takeOne(call, rule, actor.credentialId)
}

const atOnce = 'key-at-once'

/** Runs `work` unless the key has too many calls under way. */
export const withinKeysShare = async <T>(call: Call, work: () => Promise<T>): Promise<T> => {
  const { actor, runtime, isMetered } = call
  if (!isMetered || !isProgram(actor)) return work()
  const { credentialId } = actor
  const underWay = runtime.running.get(credentialId) ?? 0
  const { requestsAtOncePerKey: max } = runtime.limits
  if (underWay >= max) {
    call.quota = { name: atOnce, max, window: null }
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
