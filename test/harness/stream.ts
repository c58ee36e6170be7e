import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from './client.ts'

export type OpenStream = {
  readonly status: number
  readonly type: string
  /** What came so far, one JSON value each. */
  readonly messages: readonly { readonly kind: string }[]
  /** Resolves with true when the server has closed the stream, with false when it has not by then. */
  readonly isOver: (withinMs: number) => Promise<boolean>
  /** The page is closed. */
  readonly leave: () => void
}

const path = '/api/v1/account/sessions/watch'

/** Opens the stream a page listens to, as this browser. Resolves when its head and first message are there. */
export const openStream = (url: string, browser: Browser): Promise<OpenStream> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(url)
    const asked = { host: '127.0.0.1', port, path, headers: browser.headers('GET') }
    const outgoing = request(asked, (incoming) => {
      const messages: { kind: string }[] = []
      let [text, isClosed] = ['', false]
      const closed = new Promise<void>((end) => {
        const note = () => {
          isClosed = true
          end()
        }
        incoming.once('end', note).once('close', note).once('error', note)
      })
      const stream: OpenStream = {
        status: incoming.statusCode ?? 0,
        type: incoming.headers['content-type'] ?? '',
        messages,
        isOver: async (withinMs) => {
          const late = new AbortController()
          const wait = sleep(withinMs, null, { signal: late.signal }).catch(() => null)
          await Promise.race([closed, wait])
          late.abort()
          return isClosed
        },
        leave: () => outgoing.destroy(),
      }
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        const events = text.split('\n\n')
        text = events.pop() ?? ''
        for (const event of events)
          if (event.startsWith('data: ')) messages.push(JSON.parse(event.slice('data: '.length)))
        resolve(stream)
      })
      void closed.then(() => resolve(stream))
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
