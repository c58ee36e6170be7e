import { LatchkeyProblem, problemOf, requireOwnAnswer, unreachable } from './problem.ts'

export type Fetch = (request: Request) => Promise<Response>

export type Sending = {
  readonly fetch: Fetch
  /** Value of the Authorization header; null relies on the session of the browser. */
  readonly authorization: string | null
  /** How often a call is repeated that may succeed later. */
  readonly retriesMax: number
  /** Waits; swapped by tests. */
  readonly wait: (milliseconds: number) => Promise<void>
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
const repeatable = new Set([...safe, 'PUT', 'DELETE'])
const longestWaitSeconds = 30

/** RFC 9110 §9.2.2; a POST may be repeated because its key makes it happen once. Without a credential the key counts for nothing. */
const mayRepeat = (request: Request): boolean =>
  repeatable.has(request.method) ||
  (request.headers.has('idempotency-key') && request.headers.has('authorization'))

/** Milliseconds until another try makes sense, or null when it does not. */
const waitBefore = (problem: LatchkeyProblem, request: Request, attempt: number): number | null => {
  const { code, retryAfterSeconds } = problem
  const soon = 200 * 2 ** attempt
  if (code === 'network.unreachable') return mayRepeat(request) ? soon : null
  if (code === 'http.idempotency_running') return soon
  if (code === 'http.unavailable' || code === 'http.outcome_unknown')
    return mayRepeat(request) ? Math.min(retryAfterSeconds ?? 1, longestWaitSeconds) * 1000 : null
  // Refused before anything was done: whatever the method, it may be asked again.
  if (code !== 'http.too_many_requests' && code !== 'http.busy') return null
  const seconds = retryAfterSeconds ?? 1
  return seconds <= longestWaitSeconds ? seconds * 1000 : null
}

const isGivenUp = (request: Request, error: unknown): boolean =>
  request.signal.aborted || (error instanceof Error && error.name === 'AbortError')

/** One `fetch` for a client: credential, key, session token and repeating. Throws `LatchkeyProblem`. */
export const sender = (sending: Sending): Fetch => {
  let csrfToken: string | null = null

  const attempt = async (request: Request): Promise<Response> => {
    if (csrfToken !== null && !safe.has(request.method))
      request.headers.set('x-csrf-token', csrfToken)
    let response: Response
    try {
      response = await sending.fetch(request)
    } catch (error) {
      throw isGivenUp(request, error) ? error : unreachable(error)
    }
    csrfToken = response.headers.get('x-csrf-token') ?? csrfToken
    if (!response.ok) throw await problemOf(response)
    requireOwnAnswer(response)
    return response
  }

  /** Returns when another try makes sense, and throws when it does not. */
  const settle = async (request: Request, error: unknown, tries: number): Promise<void> => {
    if (!(error instanceof LatchkeyProblem)) throw error
    // The refusal brought the token that is valid now.
    if (error.code === 'http.csrf_token' && tries === 0) return
    const wait = tries < sending.retriesMax ? waitBefore(error, request, tries) : null
    if (wait === null) throw error
    await sending.wait(wait)
  }

  return async (request) => {
    if (sending.authorization) request.headers.set('authorization', sending.authorization)
    if (request.method === 'POST' && !request.headers.has('idempotency-key'))
      request.headers.set('idempotency-key', `"${crypto.randomUUID()}"`)
    for (let tries = 0; ; tries += 1) {
      try {
        return await attempt(request.clone())
      } catch (error) {
        await settle(request, error, tries)
      }
    }
  }
}
