import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type Answered = {
  readonly status: number
  readonly cookies: ReadonlyMap<string, string>
  readonly text: string
}

type Asking = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const cookiesIn = (head: string): Map<string, string> =>
  new Map(
    [...head.matchAll(/^set-cookie: ([^=]+)=([^;\r]*)/gim)].map(
      ([, name = '', value = '']) => [name, value] as const,
    ),
  )

/** The first whole answer in the bytes, and how long it is; null when more has to arrive. */
const readAnswer = (bytes: string): { answered: Answered; length: number } | null => {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const head = bytes.slice(0, headEnd)
  const length = /^content-length: (\d+)/im.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without a length: ${head}`)
  const end = headEnd + 4 + Number(length)
  if (bytes.length < end) return null
  const status = Number(head.slice(9, 12))
  return {
    answered: { status, cookies: cookiesIn(head), text: bytes.slice(headEnd + 4, end) },
    length: end,
  }
}

/**
 * One kept connection that asks one thing at a time, as a browser does, over a bare socket: a full HTTP client, or a new
 * connection for each request, would cost a twentieth of what is measured and be paid by the same cores.
 */
export class KeptConnection {
  readonly #socket: Socket
  readonly #host: string
  #bytes = ''
  #answer: ((answered: Answered) => void) | null = null
  #fail: ((error: Error) => void) | null = null

  private constructor(socket: Socket, port: number) {
    this.#socket = socket
    this.#host = `localhost:${port}`
    socket.setNoDelay(true).setEncoding('latin1')
    socket.on('close', () => this.#fail?.(new Error('a connection was closed')))
    socket.on('data', (chunk) => {
      this.#bytes += chunk
      const read = readAnswer(this.#bytes)
      if (!read) return
      this.#bytes = this.#bytes.slice(read.length)
      this.#answer?.(read.answered)
    })
  }

  static async open(port: number): Promise<KeptConnection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new KeptConnection(socket, port)
  }

  ask({ method, path, headers, body }: Asking): Promise<Answered> {
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `host: ${this.#host}`,
      `origin: http://${this.#host}`,
      'user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
      'accept: application/json',
      'sec-fetch-site: same-origin',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ]
    return new Promise((resolve, reject) => {
      this.#answer = resolve
      this.#fail = reject
      this.#socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}
