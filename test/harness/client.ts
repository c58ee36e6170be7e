import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { Registry } from '#platform/operations/registry.ts'

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly bytes: Buffer
  /** Parsed when it is JSON; `{}` otherwise. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came over the wire
  readonly body: any
}

export type Sending = {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string | Uint8Array
}

const userAgents = {
  firefox: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
} as const

/** What a browser does over real HTTP: keeps cookies, names its origin, sends the session's token back. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #url: URL
  readonly #registry: Registry
  readonly userAgent: string
  readonly #agent = new Agent({ keepAlive: false })
  #csrf: string | null = null

  constructor(url: string, registry: Registry, options: { readonly userAgent?: string }) {
    this.#url = new URL(url)
    this.#registry = registry
    this.userAgent = options.userAgent ?? userAgents.firefox
  }

  /** The bare request: nothing is added but what is given. */
  send({ method, path, headers = {}, body }: Sending): Promise<Answer> {
    const given = Object.fromEntries(
      Object.entries(headers).filter(([, value]) => value !== undefined),
    )
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: this.#url.port,
          method,
          path,
          headers: given as Record<string, string>,
          agent: this.#agent,
        },
        (incoming) => {
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('error', reject)
          incoming.on('end', () => {
            const bytes = Buffer.concat(chunks)
            const text = bytes.toString('utf8')
            const isPacked = incoming.headers['content-encoding'] !== undefined
            const json = !isPacked && /json/.test(incoming.headers['content-type'] ?? '')
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text,
              bytes,
              body: json ? JSON.parse(text) : {},
            })
          })
        },
      )
      outgoing.on('error', reject)
      if (body !== undefined) outgoing.write(body)
      outgoing.end()
    })
  }

  /** Headers a browser adds on its own pages. */
  headers(method: string): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return {
      host: this.#url.host,
      'user-agent': this.userAgent,
      'sec-fetch-site': 'same-origin',
      ...(cookie ? { cookie } : {}),
      ...(method === 'GET' ? {} : { origin: this.#url.origin }),
      ...(method !== 'GET' && this.#csrf ? { 'x-csrf-token': this.#csrf } : {}),
      // As our own pages do: a key of its own for every change.
      ...(method === 'POST' ? { 'idempotency-key': `"${randomUUID()}"` } : {}),
    }
  }

  keepCookies(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = ''] = line.split(';')
      const [name = '', value = ''] = [
        pair.slice(0, pair.indexOf('=')),
        pair.slice(pair.indexOf('=') + 1),
      ]
      if (/Max-Age=0/.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
  }

  keep(answer: Answer): Answer {
    this.keepCookies([answer.headers['set-cookie'] ?? []].flat())
    const token = answer.headers['x-csrf-token']
    if (typeof token === 'string') this.#csrf = token
    return answer
  }

  async fetch(sending: Sending): Promise<Answer> {
    return this.keep(
      await this.send({
        ...sending,
        headers: { ...this.headers(sending.method), ...sending.headers },
      }),
    )
  }

  /** Calls an operation by its name, putting the input where its REST line wants it. `content` is an upload's body. */
  async do(
    name: string,
    input: Readonly<Record<string, unknown>> = {},
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const entry = this.#registry.entries.find((one) => one.operation.name === name)
    if (!entry) throw new Error(`there is no operation ${name}`)
    const path = entry.path.replace(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent(String(input[key])),
    )
    const { content, ...rest } = Object.fromEntries(
      Object.entries(input).filter(([key]) => !entry.pathNames.includes(key)),
    )
    const inQuery = entry.method === 'GET' || entry.method === 'DELETE' || entry.operation.upload
    const query =
      inQuery && Object.keys(rest).length > 0
        ? `?${new URLSearchParams(rest as Record<string, string>)}`
        : ''
    if (content !== undefined)
      return this.fetch({
        method: entry.method,
        path: path + query,
        headers: { 'content-type': 'image/png', ...extra },
        body: content as Uint8Array,
      })
    if (inQuery) return this.fetch({ method: entry.method, path: path + query, headers: extra })
    return this.fetch({
      method: entry.method,
      path,
      headers: { 'content-type': 'application/json', ...extra },
      body: JSON.stringify(rest),
    })
  }
}
