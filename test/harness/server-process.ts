import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { product } from '#test/harness/product.ts'
import { Browser } from './client.ts'

const { registry } = product

const root = join(import.meta.dirname, '..', '..')
const startMillisMax = 30_000

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

export type ServerProcess = {
  readonly port: number
  readonly url: string
  /** Everything it has printed so far, on both streams. */
  readonly output: () => string
  readonly ended: Promise<Ended>
  readonly isOver: () => boolean
  readonly signal: (signal: NodeJS.Signals) => void
  readonly newBrowser: () => Browser
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** What the developer's shell sets must not decide how a test ends. */
export const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(LATCHKEY_|PORT$|HOST$|NODE_TEST_CONTEXT$)/.test(name),
    ),
  )

const endOf = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))

type Options = {
  readonly dataDir: string
  readonly port: number
  readonly settings?: Readonly<Record<string, string>>
  /** Folder it is started in, where it looks for `latchkey.config.json`. */
  readonly folder?: string
  /** What it runs: by default the sources. */
  readonly program?: string
  /** Whose process it is; only root may choose. */
  readonly uid?: number
}

/** `node src/main.ts`, or another program, as an operator starts it. Ends with the test's process, however that ends. */
export const runServer = ({
  dataDir,
  port,
  settings = {},
  folder = root,
  program = join(root, 'src', 'main.ts'),
  uid,
}: Options): ServerProcess => {
  const guard = pathToFileURL(join(root, 'scripts', 'end-with-parent.mjs')).href
  const child = spawn(process.execPath, [`--import=${guard}`, program], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
    env: {
      ...inherited(),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'compile'),
      PORT: String(port),
      LATCHKEY_DATA_DIR: dataDir,
      ...settings,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const url = `http://localhost:${port}`
  return {
    port,
    url,
    output: () => output,
    ended: endOf(child),
    isOver: () => child.exitCode !== null || child.signalCode !== null,
    signal: (signal) => child.kill(signal),
    newBrowser: () => new Browser(url, registry, {}),
  }
}

/** Waits until it says that it is running. Throws with what it printed when it ends instead. */
export const untilRunning = async (server: ServerProcess): Promise<ServerProcess> => {
  let ended = false
  void server.ended.then(() => {
    ended = true
  })
  const deadline = Date.now() + startMillisMax
  while (!/^Latchkey is running at .*\n/m.test(server.output())) {
    if (ended || Date.now() > deadline)
      throw new Error(`the server did not start:\n${server.output()}`)
    await sleep(3)
  }
  return server
}

export const startServer = (options: Options): Promise<ServerProcess> =>
  untilRunning(runServer(options))

/** The code in the printed set-up link; the link is the last thing a first start prints about it. */
export const printedSetupCode = async (server: ServerProcess): Promise<string> => {
  for (;;) {
    const code = /#code=(\S+)\n/.exec(server.output())?.[1]
    if (code) return decodeURIComponent(code)
    await sleep(3)
  }
}

export const stopServer = (server: ServerProcess): Promise<Ended> => {
  server.signal('SIGTERM')
  return server.ended
}
