import { type Problem, Refusal } from '@latchkey/kit'
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

/** The problem that reports a thrown error. Anything but a declared refusal is a fault, whose details go to the log. */
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
