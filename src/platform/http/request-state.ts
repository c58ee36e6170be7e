import type { Actor, Exchange, HttpReply, OperationSpec } from '@latchkey/kit'
import { rememberedIso } from '../clock/moment.ts'
import type { Call, Quota } from '../operations/call.ts'
import { isProgram } from '../operations/limits.ts'
import type { Entry } from '../operations/registry.ts'
import type { Endpoint } from './endpoint.ts'
import { csrfToken } from './request/protection.ts'
import { eventStreamReply, openStream } from './response/responses.ts'
import type { Incoming, Runtime } from './runtime.ts'

const tellQuota = (headers: HttpReply['headers'], { name, max, window }: Quota): void => {
  if (window === null) {
    headers['ratelimit-policy'] = `"${name}";q=${max};qu="concurrent-requests"`
    return
  }
  headers['ratelimit-policy'] = `"${name}";q=${max};w=${window.seconds}`
  headers.ratelimit = `"${name}";r=${window.remaining};t=${window.resetSeconds}`
}

/** What each step found out about one request. A class, so that a request allocates no functions of its own. */
export class RequestState implements Call, Exchange {
  readonly runtime: Runtime
  readonly endpoint: Endpoint
  readonly request: Incoming
  actor: Actor
  quota: Quota | null = null
  memo: unknown = undefined

  constructor(runtime: Runtime, endpoint: Endpoint, request: Incoming) {
    this.runtime = runtime
    this.endpoint = endpoint
    this.request = request
    this.actor = { kind: 'visitor', client: request.client }
  }

  get entry(): Entry {
    return this.endpoint.entry
  }

  get operation(): OperationSpec {
    return this.endpoint.entry.operation
  }

  get takesQuery(): boolean {
    return this.endpoint.takesQuery
  }

  get isMetered(): boolean {
    return this.endpoint.protocol.counts === 'calls'
  }

  /** Of the operation where the caller asks about another request, whose method says nothing about what is done here. */
  get method(): string {
    const { protocol, entry } = this.endpoint
    return protocol.asksAbout === 'another-request' ? entry.method : this.request.method
  }

  get config(): Exchange['config'] {
    return this.runtime.services.config
  }

  get origin(): string {
    return this.runtime.origins[0] ?? ''
  }

  get pages(): Exchange['pages'] {
    return { signIn: this.runtime.signInPage, confirm: this.runtime.confirmPages }
  }

  eventStream(messages: AsyncIterable<unknown>): HttpReply {
    // HEAD is answered without the stream: the host never reads it, so its end would never be noticed.
    if (this.request.method === 'HEAD') return eventStreamReply(null)
    return eventStreamReply(openStream(this, messages))
  }

  /** Headers of every answer, in every protocol. */
  headers(): HttpReply['headers'] {
    const { runtime, actor, request } = this
    const headers: HttpReply['headers'] = {
      ...runtime.apiHeaders,
      'x-request-id': request.client.requestId,
    }
    if (this.quota !== null) tellQuota(headers, this.quota)
    const { sessionCookie } = request.credentials
    // On refusals too: a tab with a stale token reads the current one here.
    if (actor.kind === 'session' && sessionCookie && this.endpoint.protocol.tellsCsrfToken)
      headers['x-csrf-token'] = csrfToken(sessionCookie)
    if (isProgram(actor) && actor.expiresAt !== null)
      headers['x-latchkey-token-expires'] = rememberedIso(actor.expiresAt)
    return headers
  }
}
