/** One wrong place in the input; `pointer` is a JSON Pointer (RFC 6901) into it. */
export type ProblemField = {
  readonly pointer: string
  readonly code: string
  readonly message: string
}

/** `application/problem+json` (RFC 9457), the refusals of the API. */
type ProblemBody = {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail?: string
  /** Id of the request, by which an operator finds it in the log. */
  readonly instance?: string
  readonly fields?: readonly ProblemField[]
  /** Ways to confirm it is you that would be accepted, strongest first. */
  readonly methods?: readonly string[]
  readonly retryAfterSeconds?: number
}

/** What a failed call throws. Status 0: no answer came. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string | undefined
  readonly instance: string | undefined
  readonly fields: readonly ProblemField[]
  readonly methods: readonly string[]
  readonly retryAfterSeconds: number | undefined

  constructor(body: ProblemBody) {
    super(body.title)
    this.name = 'Problem'
    this.status = body.status
    this.code = body.code
    this.detail = body.detail
    this.instance = body.instance
    this.fields = body.fields ?? []
    this.methods = body.methods ?? []
    this.retryAfterSeconds = body.retryAfterSeconds
  }
}

/** RFC 9110 §10.2.3 also allows a date there; the product's own answers carry seconds. */
const retryAfterOf = (response: Response): number | undefined => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined
}

/** Reads a refused answer. Something in between (a proxy) may answer with no problem document at all. */
export const readProblem = async (response: Response): Promise<Problem> => {
  const body = (await response.json().catch(() => ({}))) as Partial<ProblemBody>
  const wait = body.retryAfterSeconds ?? retryAfterOf(response)
  return new Problem({
    ...body,
    status: response.status,
    code: typeof body.code === 'string' ? body.code : 'network.unexpected_answer',
    title:
      typeof body.title === 'string'
        ? body.title
        : `The server answered with status ${response.status}.`,
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  })
}

/** A hotel's sign-in page also answers 200: what is no JSON is not the product's answer. */
export const readAnswer = async (response: Response): Promise<unknown> => {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem({
      status: response.status,
      code: 'network.unexpected_answer',
      title: 'The server did not answer with JSON.',
    })
  }
}

/** No answer came: cable, proxy, or the limit of time. */
export const problemOfSilence = (error: unknown): Problem =>
  error instanceof DOMException && error.name === 'TimeoutError'
    ? new Problem({
        status: 0,
        code: 'network.timeout',
        title: 'The server did not answer in time.',
      })
    : new Problem({
        status: 0,
        code: 'network.unreachable',
        title: 'The server cannot be reached.',
      })

/** A fault in the page itself looks the same to the code that shows it. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem({ status: 0, code: 'web.fault', title: 'Something on this page went wrong.' })
