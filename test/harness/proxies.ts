import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApp, type TestApp } from './app.ts'
import { Browser } from './client.ts'
import { type Person, setUpOwner } from './people.ts'
import { freePort } from './server-process.ts'

export const guide = readFileSync(
  new URL('../../docs/guides/reverse-proxies.md', import.meta.url),
  'utf8',
)
const searchPath = `${process.env.PATH}:/usr/sbin:/sbin`
const waitMillisMax = 10_000

/** The example of the guide, as an operator would paste it: only addresses differ. */
const exampleIn = (language: string, ports: Readonly<Record<string, number>>): string => {
  const text = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? ''
  assert.ok(text.includes('/api/v1/verify'), `the guide has no example for ${language}`)
  return Object.entries(ports).reduce((all, [from, to]) => all.replaceAll(from, String(to)), text)
}

/** A file of deploy/, as an operator would install it: only addresses differ, and there is no certificate here. */
const deployed = (file: string, changes: readonly (readonly [string | RegExp, string])[]): string =>
  changes.reduce(
    (text, [from, to]) => {
      assert.notEqual(text.replace(from, to), text, `${file} has no ${from}`)
      return text.replaceAll(from, to)
    },
    readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8'),
  )

/** Where this site differs from the guide's example. */
type Variant = {
  /** What the proxy asks besides who it is, e.g. `assurance=two-factor`. */
  readonly question?: string
  /** The file in deploy/ instead of the guide: Latchkey alone, without an application. */
  readonly from?: 'deploy'
}
type Ports = { readonly proxy: number; readonly latchkey: number; readonly application: number }
export type Proxy = {
  readonly name: string
  readonly probe: readonly string[]
  /** Its configuration, from the guide or from deploy/. */
  readonly site: (ports: Ports, variant: Variant) => string
  readonly start: (folder: string, site: string) => ChildProcess
}

const addresses = ({ latchkey, application }: Ports) => ({
  '127.0.0.1:3000': `127.0.0.1:${latchkey}`,
  '127.0.0.1:8080': `127.0.0.1:${application}`,
})

const run = (command: string, args: readonly string[], folder: string): ChildProcess =>
  spawn(command, args, {
    cwd: folder,
    stdio: 'ignore',
    env: { PATH: searchPath, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  })

const nginx: Proxy = {
  name: 'nginx',
  probe: ['nginx', '-v'],
  site: (ports, { question, from }) =>
    from === 'deploy'
      ? deployed('nginx.conf', [
          [/server \{\n {2}listen 80;[\s\S]*?\n\}\n/g, ''],
          [/ {2}(ssl_|listen \[)[^\n]*\n/g, ''],
          ['listen 443 ssl;', `listen 127.0.0.1:${ports.proxy};`],
          ['server_name account.example.com;', 'server_name localhost;'],
          ['127.0.0.1:3000', `127.0.0.1:${ports.latchkey}`],
        ])
      : exampleIn('nginx', {
          ...(question ? { '/api/v1/verify;': `/api/v1/verify?${question};` } : {}),
          ...addresses(ports),
          'listen 80;': `listen 127.0.0.1:${ports.proxy};`,
          'server_name example.com;': 'server_name localhost;',
        } as never),
  start: (folder, site) => {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${folder}/${kind};`,
    )
    const user = process.getuid?.() === 0 ? 'user root;' : ''
    const config = `${user} worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
      events { worker_connections 64; }
      http { access_log off; ${temporary.join(' ')} ${site} }`
    writeFileSync(join(folder, 'nginx.conf'), config)
    const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;']
    return run('nginx', args, folder)
  },
}

const caddy: Proxy = {
  name: 'Caddy',
  probe: ['caddy', 'version'],
  site: (ports, { question, from }) =>
    from === 'deploy'
      ? deployed('Caddyfile', [
          ['account.example.com {', `http://localhost:${ports.proxy} {`],
          ['127.0.0.1:3000', `127.0.0.1:${ports.latchkey}`],
        ])
      : exampleIn('caddyfile', {
          ...(question ? { 'otherwise=redirect': `otherwise=redirect&${question}` } : {}),
          ...addresses(ports),
          'example.com {': `http://localhost:${ports.proxy} {`,
        } as never),
  start: (folder, site) => {
    const config = `{\n  admin off\n  auto_https off\n}\n${site}`
    writeFileSync(join(folder, 'Caddyfile'), config)
    return run('caddy', ['run', '--config', join(folder, 'Caddyfile')], folder)
  },
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

const waitFor = async (port: number): Promise<void> => {
  const deadline = Date.now() + waitMillisMax
  while (!(await isListening(port))) {
    assert.ok(Date.now() < deadline, 'the proxy did not start')
    await sleep(50)
  }
}

/** The operator's application: it knows nothing of sign-in and believes its proxy. */
const startApplication = (port: number): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      response.setHeader('x-application', 'yes')
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(request.headers))
    }).listen(port, '127.0.0.1', () => resolve(server))
  })

export const proxies: readonly Proxy[] = [nginx, caddy]

export const whyMissing = ({ name, probe: [command = '', ...args] }: Proxy): string | false =>
  spawnSync(command, args, { env: { PATH: searchPath } }).error ? `${name} is not installed` : false

export type Site = {
  /** Its address is the proxy's. */
  readonly app: TestApp
  readonly owner: Person
  readonly stop: () => Promise<void>
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

/** Latchkey and an application behind one proxy, set up as the guide or deploy/ says. */
export const startSite = async (proxy: Proxy, variant: Variant = {}): Promise<Site> => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-proxy-'))
  const ports = { proxy: await freePort(), application: await freePort() }
  const url = `http://localhost:${ports.proxy}`
  const settings = { LATCHKEY_PUBLIC_URL: url, LATCHKEY_TRUSTED_PROXIES: '1' }
  const started = await startApp({ engine: 'sqlite', settings })
  const newBrowser = () => new Browser(url, started.app.runtime.registry, {})
  const app = { ...started, url, newBrowser }
  const application = await startApplication(ports.application)
  const latchkey = Number(new URL(started.url).port)
  const child = proxy.start(folder, proxy.site({ ...ports, latchkey }, variant))
  await waitFor(ports.proxy)
  return {
    app,
    owner: await setUpOwner(app),
    stop: async () => {
      await end(child)
      application.close()
      await started.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
