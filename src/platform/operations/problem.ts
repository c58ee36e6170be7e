import { type Problem, Refusal, type RefusalSpec } from '@latchkey/kit'
import { DatabaseTrouble, type TroubleKind } from '../db/trouble.ts'
import { faultFacts } from '../log/log.ts'
import { fault, refusals } from '../refusals.ts'
import type { Call, Quota } from './call.ts'
import { breakContract } from './contract-check.ts'

/** Problem types of draft-ietf-httpapi-ratelimit-headers, for generic clients. Our own code is given beside them. */
const registered = 'https://iana.org/assignments/http-problem-types'
const registeredTypes: ReadonlyMap<string, string> = new Map([
  [refusals.too_many_requests.code, `${registered}#quota-exceeded`],
  [refusals.busy.code, `${registered}#temporary-reduced-capacity`],
])

/** What the caller is told of each kind of trouble, and after how many seconds another try makes sense. */
const answers: Readonly<Record<TroubleKind, readonly [RefusalSpec, number]>> = {
  unreachable: [refusals.unavailable, 5],
  crowded: [refusals.busy, 2],
  locked: [refusals.busy, 2],
  'too-slow': [refusals.busy, 5],
  'read-only': [refusals.read_only, 10],
  'disk-full': [refusals.storage_full, 30],
  'disk-failed': [refusals.unavailable, 30],
}

/** Trouble of the database is no fault of the request: the caller hears that it may try again, and when. */
export const troubleRefusal = ({ kind, isOutcomeUnknown }: DatabaseTrouble): Refusal => {
  const [spec, retryAfterSeconds] = answers[kind]
  return new Refusal(isOutcomeUnknown ? refusals.outcome_unknown : spec, { retryAfterSeconds })
}

export const problemType = (code: string): string =>
  registeredTypes.get(code) ?? `/api/problems/${code}`

/**
 * A wait after wrong guesses does not name its count: that would reveal whether an account exists. The answer names the
 * limit that it carries in any case.
 */
const violatedPolicies = ({ spec, details }: Refusal, quota: Quota | null) => {
  if (spec.code !== refusals.too_many_requests.code || details['violated-policies']) return {}
  return { 'violated-policies': quota === null ? [] : [quota.name] }
}

/** `quota`: the limit that applied so far. */
export const refusalProblem = (
  refusal: Refusal,
  requestId: string,
  quota: Quota | null = null,
): Problem => ({
  type: problemType(refusal.spec.code),
  title: refusal.spec.title,
  status: refusal.spec.status,
  code: refusal.spec.code,
  help: refusal.spec.help,
  instance: requestId,
  ...refusal.details,
  ...violatedPolicies(refusal, quota),
})

/** Says nothing about the fault itself, which is logged under the same request id. */
export const faultProblem = (requestId: string): Problem => ({
  type: problemType(fault.code),
  ...fault,
  instance: requestId,
})

const checkRefusal = ({ runtime, entry }: Call, { spec }: Refusal): void => {
  const declared = [...Object.values(refusals), ...entry.operation.refusals]
  if (declared.some(({ code }) => code === spec.code)) return
  breakContract(runtime, entry, `refused with ${spec.code}, which its contract does not declare`)
}

/**
 * The problem that reports a thrown error. Trouble of the database is logged once for all requests it touches. Anything else
 * but a declared refusal is a fault, whose details go to the log.
 */
export const problemOf = (call: Call, error: unknown): Problem => {
  const { requestId } = call.actor.client
  if (error instanceof DatabaseTrouble)
    return refusalProblem(troubleRefusal(error), requestId, call.quota)
  let cause = error
  if (error instanceof Refusal) {
    try {
      checkRefusal(call, error)
      return refusalProblem(error, requestId, call.quota)
    } catch (undeclared) {
      cause = undeclared
    }
  }
  call.runtime.services.log.error(
    { requestId, operation: call.entry.operation.name, ...faultFacts(cause) },
    'a request failed',
  )
  return faultProblem(requestId)
}
