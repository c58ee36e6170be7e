import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Answer, Browser } from '#test/harness/client.ts'
import { makeToken } from '#test/harness/keys.ts'
import { type Person, setUpOwner, signIn } from '#test/harness/people.ts'
import { freePort } from '#test/harness/server-process.ts'

const guide = readFileSync(new URL('../../docs/guides/reverse-proxies.md', import.meta.url), 'utf8')
const searchPath = `${process.env.PATH}:/usr/sbin:/sbin`
const waitMillisMax = 10_000

/** The example of the guide, as somebody would paste it: only addresses differ. */
const exampleIn = (language: string, ports: Readonly<Record<string, number>>): string => {
  const text = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? ''
  assert.ok(text.includes('/api/v1/verify'), `the guide has no example for ${language}`)
  return Object.entries(ports).reduce((all, [from, to]) => all.replaceAll(from, String(to)), text)
}

type Ports = { readonly proxy: number; readonly latchkey: number; readonly application: number }
type Proxy = {
  readonly name: string
  readonly probe: readonly string[]
  readonly start: (folder: string, ports: Ports) => ChildProcess
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
  start: (folder, ports) => {
    const site = exampleIn('nginx', {
      ...addresses(ports),
      'listen 80;': `listen 127.0.0.1:${ports.proxy};`,
      'server_name example.com;': 'server_name localhost;',
    } as never)
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
  start: (folder, ports) => {
    const site = exampleIn('caddyfile', {
      ...addresses(ports),
      'example.com {': `http://localhost:${ports.proxy} {`,
    } as never)
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

/** Somebody's application: it knows nothing of sign-in and believes its proxy. */
const startApplication = (port: number): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      response.setHeader('x-application', 'yes')
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(request.headers))
    }).listen(port, '127.0.0.1', () => resolve(server))
  })

const isMissing = ({ probe: [command = '', ...args] }: Proxy): boolean =>
  spawnSync(command, args, { env: { PATH: searchPath } }).error !== undefined

for (const proxy of [nginx, caddy]) {
  const skip = isMissing(proxy) ? `${proxy.name} is not installed` : false
  describe(`an application behind ${proxy.name}, as the guide sets it up`, { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-proxy-'))
    let [app, application, child] = [] as unknown as [TestApp, Server, ChildProcess]
    let ada: Person
    const seenBy = ({ body }: Answer): IncomingHttpHeaders => body
    const visit = (browser: Browser, path: string, headers: Record<string, string> = {}) =>
      browser.fetch({ method: 'GET', path, headers })

    before(async () => {
      const ports = { proxy: await freePort(), application: await freePort() }
      const url = `http://localhost:${ports.proxy}`
      const settings = { LATCHKEY_PUBLIC_URL: url, LATCHKEY_TRUSTED_PROXIES: '1' }
      const started = await startApp({ engine: 'sqlite', settings })
      const newBrowser = () => new Browser(url, started.app.door.registry, {})
      app = { ...started, url, newBrowser }
      application = await startApplication(ports.application)
      child = proxy.start(folder, { ...ports, latchkey: Number(new URL(started.url).port) })
      await waitFor(ports.proxy)
      ada = await setUpOwner(app)
    })
    after(async () => {
      if (child && child.exitCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGTERM')
        await ended
      }
      application?.close()
      await app?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    test('sends who is not signed in to the sign-in page, with the way back', async () => {
      const answer = await visit(app.newBrowser(), '/reports?month=11')
      assert.equal(answer.status, 302)
      assert.equal(
        answer.headers.location,
        `${app.url}/login?next=${encodeURIComponent('/reports?month=11')}`,
      )
      assert.equal(answer.headers['x-application'], undefined)
    })

    test('tells the application who it is, and keeps the session to itself', async () => {
      const browser = await signIn(app, ada)
      browser.cookies.set('theme', 'dark')
      browser.cookies.set('notlatchkey', 'kept')
      const answer = await visit(browser, '/')
      assert.equal(answer.status, 200, answer.text)
      const seen = seenBy(answer)
      assert.equal(seen['x-latchkey-user'], ada.userId)
      assert.equal(seen['x-latchkey-email'], ada.email)
      assert.equal(seen['x-latchkey-name'], 'Ada')
      assert.equal(seen['x-latchkey-roles'], 'owner')
      const cookies = String(seen.cookie).split(/; ?/).filter(Boolean).sort()
      assert.deepEqual(cookies, ['notlatchkey=kept', 'theme=dark'])
    })

    test('lets nobody name themselves', async () => {
      const names = ['user', 'email', 'roles', 'organisation', 'kind', 'scopes', 'session', 'name']
      const forged = Object.fromEntries(names.map((name) => [`x-latchkey-${name}`, 'usr_forged']))
      assert.equal((await visit(app.newBrowser(), '/', forged)).status, 302)
      const seen = seenBy(await visit(ada.browser, '/', forged))
      assert.equal(seen['x-latchkey-user'], ada.userId)
      assert.equal(JSON.stringify(seen).includes('usr_forged'), false)
    })

    test('lets a program in with a token, and keeps the token to itself', async () => {
      const { token } = await makeToken(ada)
      const program = app.newBrowser()
      const answer = await visit(program, '/data', { authorization: `Bearer ${token}` })
      assert.equal(answer.status, 200, answer.text)
      assert.equal(seenBy(answer)['x-latchkey-user'], ada.userId)
      assert.equal(answer.text.includes(token), false)
    })

    test('shuts the page in the middle of a session that is revoked', async () => {
      const other = await signIn(app, ada)
      assert.equal((await visit(other, '/')).status, 200)
      await ada.browser.do('sessions.end-others')
      assert.equal((await visit(other, '/')).status, 302)
      assert.equal((await visit(ada.browser, '/')).status, 200)
    })

    test('shows the address of the person, not of the proxy, and none they made up', async () => {
      const browser = await signIn(app, ada)
      const { body } = await browser.do('sessions.list', {}, { 'x-forwarded-for': '203.0.113.7' })
      assert.match(body.sessions[0].address, /^(127\.0\.0\.1|::1)$/)
    })

    test('leads every page and every operation of Latchkey to Latchkey', async () => {
      const { registry } = app.app.door
      const paths = [
        ...registry.pages.keys(),
        ...registry.entries.map((entry) => entry.path.replace(/\{\w+\}/g, 'x')),
        ...['/api/openapi.json', '/api/problems/http.fault', '/.well-known/change-password'],
      ]
      for (const path of paths) {
        if (path === '/api/v1/sessions/watch') continue
        const { headers } = await visit(app.newBrowser(), path)
        assert.equal(headers['x-application'], undefined, path)
        assert.equal(headers.location?.includes('next=') ?? false, false, path)
      }
    })
  })
}
