import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const run = promisify(execFile)
const cache = resolve(import.meta.dirname, '../../.cache')
const actionMillisMax = 30_000

const flags = [
  // The pages are our own, and inside containers and as root there is no sandbox to be had.
  '--no-sandbox',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]

const packageVersion = async (): Promise<string> => {
  const entry = fileURLToPath(import.meta.resolve('@sparticuz/chromium'))
  const text = await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/**
 * In a process of its own, because the package unpacks into whatever the temporary folder is: in the
 * shared one a browser left by another account, or half written by another process, would be taken.
 */
const unpackInto = async (folder: string) => {
  const script =
    "const { default: chromium } = await import('@sparticuz/chromium'); await chromium.executablePath()"
  const env = {
    ...process.env,
    TMPDIR: folder,
    // Makes it unpack libnss3 and relatives as well, for systems that have none.
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  }
  await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    env,
  })
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** What the system has, and Open Sans from the package, so that no system is without letters. */
const fontConfiguration = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${escapeXml(join(folder, 'fonts'))}</dir>
  <cachedir>${escapeXml(join(folder, 'fonts-cache'))}</cachedir>
</fontconfig>
`

/** Unpacks the browser once per version (2 s, 230 MB) into `.cache`. */
const unpackedFolder = async (): Promise<string> => {
  const folder = join(cache, `chromium-${await packageVersion()}`)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(join(cache, 'unpacking-'))
  try {
    await unpackInto(draft)
    await writeFile(join(draft, 'fonts.conf'), fontConfiguration(folder))
    // Renaming is one step: a process that sees the folder sees a complete browser.
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

const browserEnv = async (folder: string, executable: string): Promise<NodeJS.ProcessEnv> => {
  const env = { ...process.env, FONTCONFIG_FILE: join(folder, 'fonts.conf') }
  try {
    await run(executable, ['--version', '--no-sandbox'], { env })
    return env
  } catch {
    return { ...env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') }
  }
}

/** The package holds a browser for 64-bit Linux only; elsewhere an installed Chrome is used. */
const isPackaged = process.platform === 'linux' && process.arch === 'x64'

/** A signal ends the process as it ends any other; the browser goes when its pipe closes. */
const ends = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }

const start = async (): Promise<Browser> => {
  const options = { args: flags, ...ends }
  const given = process.env.LATCHKEY_TEST_BROWSER
  if (given) return chromium.launch({ executablePath: given, ...options })
  if (!isPackaged) return chromium.launch({ channel: 'chrome', ...options })
  const folder = await unpackedFolder()
  const executablePath = join(folder, 'chromium')
  const env = await browserEnv(folder, executablePath)
  return chromium.launch({ executablePath, env, ...options })
}

let shared: Browser | null = null

/** From now on one browser serves all files of this process, one after the other. It ends with the process. */
export const shareBrowser = async (): Promise<void> => {
  shared = await start()
}

/** A file that closes it closes its pages: contexts share nothing with each other. */
const lend = (browser: Browser): Browser =>
  new Proxy(browser, {
    get: (target, key) => {
      if (key === 'close')
        return () => Promise.all(target.contexts().map((context) => context.close()))
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

/** A headless Chromium. `LATCHKEY_TEST_BROWSER` names another executable. Close it after use. */
export const launchBrowser = async (): Promise<Browser> => {
  if (!shared) return start()
  // A page may have brought it down; the file after that one gets another.
  if (!shared.isConnected()) await shareBrowser()
  return lend(shared)
}

/**
 * A page in a context of its own: no cookie is shared with another page of the same browser.
 * Closing the page closes its context. Any option of a Playwright context may be given.
 */
export const newPage = async (
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Page> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(actionMillisMax)
  // The browser may have gone first; then the context has, too.
  page.once('close', () => void context.close().catch(() => undefined))
  return page
}
