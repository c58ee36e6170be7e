import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { FastPath } from './fast-path.ts'
import { refuseUnparsed, type Unparsed } from './unparsed.ts'

export type Fetch = (request: Request, env?: unknown) => Response | Promise<Response>

export type Listening = { readonly port: number; readonly stop: () => Promise<void> }

export class ListenProblem extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'ListenProblem'
  }
}

const explain = (error: NodeJS.ErrnoException, host: string, port: number): string => {
  if (error.code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use. Stop what is using it, or set PORT to another one.`
  if (error.code === 'EACCES')
    return `Not allowed to listen on port ${port}. Use one above 1023, or a reverse proxy in front.`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return `This machine has no address ${host}. Set HOST to one it has, or 0.0.0.0 for all.`
  return `Cannot listen on ${host}:${port}: ${error.message}`
}

type Handlers = {
  readonly fetch: Fetch
  readonly fastPath: FastPath
  readonly unparsed: Unparsed
}

/**
 * The port to listen on; 0 picks a free one. It is chosen before the application is put together, because links and the
 * origin check are built from it.
 */
export const choosePort = async (where: {
  readonly host: string
  readonly port: number
}): Promise<number> => {
  if (where.port !== 0) return where.port
  const nothing: Handlers = {
    fetch: () => new Response(),
    fastPath: () => false,
    unparsed: ({ status }) => ({ status, headers: {}, body: null }),
  }
  const { port, stop } = await listen(nothing, where)
  await stop()
  return port
}

/** Requests under way may take this long to finish after a stop was asked for. */
const graceMs = 10_000
const sweepMs = 50

/** Listens; throws ListenProblem with what to do. `stop` finishes what is under way, then closes. */
export const listen = async (
  { fetch, fastPath, unparsed }: Handlers,
  where: { readonly host: string; readonly port: number },
): Promise<Listening> => {
  // A health check that speaks HTTP/1.0 names no host.
  const routed = getRequestListener(fetch as never, { hostname: 'localhost' })
  const limits = {
    requestTimeout: 30_000,
    headersTimeout: 10_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16 * 1024,
    // A missing one is refused where the others are, in the same words.
    requireHostHeader: false,
  }
  const server = createServer(limits, (request, response) => {
    if (!fastPath(request, response)) void routed(request, response)
  })
  refuseUnparsed(server, unparsed)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new ListenProblem(explain(error, where.host, where.port), error)),
    )
    server.listen(where.port, where.host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : where.port,
    stop: () =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), graceMs)
        // Repeated: a kept-alive connection becomes idle only after its answer, and would then wait for its timeout.
        const sweep = setInterval(() => server.closeIdleConnections(), sweepMs)
        server.close(() => {
          clearTimeout(force)
          clearInterval(sweep)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}
