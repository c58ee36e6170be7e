import { type Problem, Refusal } from '@latchkey/kit'
import { faultFacts } from '../log/log.ts'
import { fault, refusals } from '../refusals.ts'
import type { Call, Quota } from './call.ts'
import { breakContract } from './contract-check.ts'

/** draft-ietf-httpapi-ratelimit-headers: programs that know nothing of us know these. Our code stands beside them. */
const registered = 'https://iana.org/assignments/http-problem-types'
const registeredTypes: ReadonlyMap<string, string> = new Map([
  [refusals.too_many_requests.code, `${registered}#quota-exceeded`],
  [refusals.busy.code, `${registered}#temporary-reduced-capacity`],
])

export const problemType = (code: string): string =>
  registeredTypes.get(code) ?? `/api/problems/${code}`

/**
 * A wait after wrong guesses does not name the count behind it: that would tell whether an account exists. The limit
 * that the answer carries in any case is named instead.
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

/** Nothing about the fault itself: that goes to the log under the same request id. */
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

/** What was thrown, as the caller is told of it. Anything but a declared refusal is a fault, and the log has the rest. */
export const problemOf = (call: Call, error: unknown): Problem => {
  const { requestId } = call.actor.client
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
