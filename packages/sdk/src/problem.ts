import type { components, ProblemCode } from './api.ts'

type ProblemDocument = components['schemas']['Problem']

/** Codes of this package itself: nothing came back, or nothing that Latchkey would say. */
export type NetworkCode = 'network.unreachable' | 'network.unexpected_answer'

/**
 * Every call that does not succeed throws one. Compare `code`, which never changes; show `message`; `help` says what to
 * do; give `instance`, the request id, to the operator. `status` is 0 when nothing came back.
 */
export class LatchkeyProblem extends Error {
  /** A version of the server that is newer than this package may know more codes. */
  readonly code: ProblemCode | NetworkCode | (string & {})
  readonly status: number
  /** What to do about it, for the developer of the program. */
  readonly help: string | null
  readonly instance: string | null
  readonly detail: string | null
  /** Wrong places in the input; `pointer` is a JSON Pointer (RFC 6901). */
  readonly fields: NonNullable<ProblemDocument['fields']>
  /** The scope a key would need (`auth.scope_missing`). */
  readonly scope: string | null
  /** Seconds to wait before the call may succeed. */
  readonly retryAfterSeconds: number | null
  /** Names of the limits that were reached, as in the header RateLimit-Policy (`http.too_many_requests`). */
  readonly violatedPolicies: readonly string[]

  constructor(said: Pick<ProblemDocument, 'code' | 'title' | 'status'> & Partial<ProblemDocument>) {
    super(said.title)
    this.name = 'LatchkeyProblem'
    this.code = said.code
    this.status = said.status
    this.help = said.help ?? null
    this.instance = said.instance ?? null
    this.detail = said.detail ?? null
    this.fields = said.fields ?? []
    this.scope = said.scope ?? null
    this.retryAfterSeconds = said.retryAfterSeconds ?? null
    this.violatedPolicies = said['violated-policies'] ?? []
  }
}

const strange = (status: number): LatchkeyProblem =>
  new LatchkeyProblem({
    code: 'network.unexpected_answer',
    title: 'The answer did not come from Latchkey. Check the base address.',
    status,
  })

export const unreachable = (cause: unknown): LatchkeyProblem => {
  const problem = new LatchkeyProblem({
    code: 'network.unreachable',
    title: 'The server could not be reached.',
    status: 0,
  })
  problem.cause = cause
  return problem
}

/** What a response that is no success says. */
export const problemOf = async (response: Response): Promise<LatchkeyProblem> => {
  const type = response.headers.get('content-type') ?? ''
  if (!type.startsWith('application/problem+json')) return strange(response.status)
  try {
    return new LatchkeyProblem((await response.json()) as ProblemDocument)
  } catch {
    return strange(response.status)
  }
}

/** A page of a proxy or a portal can be a 200 as well. */
export const requireOwnAnswer = (response: Response): void => {
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('text/html')) throw strange(response.status)
}
