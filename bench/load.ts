import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

/**
 * Asks one address as fast as it answers, over a fixed number of kept connections, one question at a time on each.
 * Bare sockets, because a full HTTP client costs more than the fastest of the servers measured. Runs as a process
 * of its own: `node load.ts '{"port":…}'` prints how many answers came per second.
 */
export type Load = {
  readonly port: number
  readonly path: string
  /** A header line, or a file of them that are used in turn. */
  readonly credential: string | { readonly file: string }
  readonly connections: number
  readonly seconds: number
}

const requestText = ({ port, path }: Load, credential: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    `host: localhost:${port}`,
    'user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    'accept: application/json',
    'sec-fetch-site: same-origin',
    credential,
    '\r\n',
  ].join('\r\n')

/** Length of the first whole answer in the text, or 0 when more has to arrive. */
const answerLength = (text: string): number => {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return 0
  if (!text.startsWith('HTTP/1.1 200 ')) throw new Error(`not answered: ${text.slice(0, 300)}`)
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1]
  if (length !== undefined) {
    const end = headEnd + 4 + Number(length)
    return text.length >= end ? end : 0
  }
  const end = text.indexOf('0\r\n\r\n', headEnd + 4)
  return end < 0 ? 0 : end + 5
}

const run = async (load: Load): Promise<number> => {
  const { credential } = load
  const credentials =
    typeof credential === 'string'
      ? [credential]
      : readFileSync(credential.file, 'utf8').split('\n')
  const requests = credentials.map((one) => requestText(load, one))
  let asked = 0
  const request = (): string => requests[asked++ % requests.length] ?? ''
  let answers = 0
  let stopping = false
  const connection = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(load.port, '127.0.0.1')
      let text = ''
      socket.setNoDelay(true).setEncoding('latin1')
      socket.on('connect', () => socket.write(request()))
      socket.on('error', reject)
      socket.on('close', () =>
        stopping ? resolve() : reject(new Error('a connection was closed')),
      )
      socket.on('data', (chunk) => {
        text += chunk
        const end = answerLength(text)
        if (end === 0) return
        text = text.slice(end)
        answers += 1
        if (stopping) socket.end()
        else socket.write(request())
      })
    })
  // Never asleep: waking this process would be paid by the server that wrote to it, and most by the slowest.
  const spin = (): void => {
    if (!stopping) setImmediate(spin)
  }
  spin()
  const since = performance.now()
  const connections = Promise.all(Array.from({ length: load.connections }, connection))
  await Promise.race([
    connections,
    new Promise((resolve) => {
      setTimeout(resolve, load.seconds * 1000)
    }),
  ])
  const perSecond = answers / ((performance.now() - since) / 1000)
  stopping = true
  await connections
  return perSecond
}

if (import.meta.main) {
  const load = JSON.parse(process.argv[2] ?? '{}') as Load
  process.stdout.write(`${await run(load)}\n`)
}
