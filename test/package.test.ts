// long: packed by npm and installed by npm into an empty folder, instead of run where it is made.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { long } from '#test/harness/long.ts'
import {
  freePort,
  inherited,
  printedSetupCode,
  type ServerProcess,
  startServer,
  stopServer,
} from '#test/harness/server-process.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const megabyte = 1_000_000
const packedMax = 25 * megabyte
const installedMax = 90 * megabyte

const nodeFolder = dirname(process.execPath)
/** The account of nobody in particular, as a service has one: what it runs belongs to root. */
const strangerId = process.getuid?.() === 0 && long(true, false) ? 65_534 : undefined

/** npm of the machine, the pinned Node: a stranger's machine has one that is new enough. */
const env = {
  ...inherited(),
  PATH: `${nodeFolder}:${process.env.PATH}`,
  NODE_ENV: 'production',
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)

const owner = {
  organisationName: 'Acme',
  name: 'Ada',
  email: 'ada@example.com',
  password: 'quartz lantern over the harbour',
}

type Bom = { readonly bomFormat: string; readonly components: readonly { readonly name: string }[] }

describe('the package that is installed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-package-'))
  /** Where the package lies: installed, or the checkout it was made in. */
  let home = root
  let server: ServerProcess

  const latchkey = async (...words: readonly string[]): Promise<string> => {
    const program = join(home, 'scripts', 'latchkey-installed.mjs')
    const { stdout } = await run(process.execPath, [program, ...words], {
      cwd: folder,
      env: { ...env, LATCHKEY_DATA_DIR: join(folder, 'data') },
    })
    return stdout
  }

  const install = async () => {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: root,
      env,
      maxBuffer: 2 ** 26,
    })
    const [{ filename = '', size = 0 } = {}] = JSON.parse(stdout.slice(stdout.indexOf('[\n')))
    assert.ok(size > 0 && size <= packedMax, `${size} bytes packed`)
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    const flags = ['--no-audit', '--no-fund', '--prefer-offline']
    await run('npm', ['install', ...flags, join(folder, filename)], { cwd: folder, env })
    home = join(folder, 'node_modules', 'latchkey')
    const installed = sizeOf(join(folder, 'node_modules'))
    assert.ok(installed <= installedMax, `${installed} bytes installed`)
    const command = join(folder, 'node_modules', '.bin', 'latchkey')
    assert.match((await run(command, ['--version'], { cwd: folder, env })).stdout, /\d+\.\d+/)
  }

  before(async () => {
    if (long(true, false)) await install()
    else await run(process.execPath, ['scripts/pack-app.mjs'], { cwd: root })
    const dataDir = join(folder, 'data')
    mkdirSync(dataDir, { mode: 0o700 })
    chmodSync(folder, 0o755)
    if (strangerId !== undefined) chownSync(dataDir, strangerId, strangerId)
    server = await startServer({
      dataDir,
      port: await freePort(),
      folder,
      program: join(home, 'dist', 'app', 'src', 'main.js'),
      ...(strangerId === undefined ? {} : { uid: strangerId }),
    })
  })

  after(async () => {
    if (server) await stopServer(server)
    rmSync(folder, { recursive: true, force: true })
  })

  test('serves the pages and takes the first account', async () => {
    const page = await fetch(`${server.url}/login`)
    assert.equal(page.status, 200)
    const [script = ''] = /\/assets\/[\w-]+\.js/.exec(await page.text()) ?? []
    assert.equal((await fetch(`${server.url}${script}`)).status, 200)
    const browser = server.newBrowser()
    const code = await printedSetupCode(server)
    assert.equal((await browser.do('sign-in.set-up', { code, ...owner })).status, 200)
    const again = server.newBrowser()
    const { email, password } = owner
    assert.equal((await again.do('sign-in.start', { email, password })).status, 200)
    assert.equal((await again.do('account.me')).body.email, email)
  })

  test('judges passwords and pictures, for which it has files and programs of its own', async () => {
    const browser = server.newBrowser()
    const { email, password } = owner
    await browser.do('sign-in.start', { email, password })
    const weak = await browser.do('password.change', { current: password, password: 'password1' })
    assert.equal(weak.status, 400, weak.text)
    assert.equal((await fetch(`${server.url}/api/openapi.json`)).status, 200)
  })

  test('has the commands of an operator', async () => {
    assert.match(await latchkey('--version'), /\d+\.\d+\.\d+/)
    const users = JSON.parse(await latchkey('user', 'list', '--json'))
    assert.match(JSON.stringify(users), /ada@example\.com/)
  })

  test('names what it depends on, and holds nothing that only builds or tests', () => {
    const app = join(home, 'dist', 'app')
    const bom = JSON.parse(readFileSync(join(app, 'sbom.json'), 'utf8')) as Bom
    assert.equal(bom.bomFormat, 'CycloneDX')
    const names = bom.components.map(({ name }) => name)
    assert.ok(['hono', 'pg', 'nodemailer', 'sharp', 'zod'].every((name) => names.includes(name)))
    for (const name of ['vite', 'react', 'playwright-core', 'typescript', 'node', 'openapi-fetch'])
      assert.equal(names.includes(name), false, name)
    const files = readdirSync(app, { recursive: true }).map(String)
    assert.deepEqual(
      files.filter((file) => /\.test\.|\.tsx?$/.test(file)),
      [],
    )
    assert.ok(existsSync(join(home, 'LICENSE')))
  })
})
