// Brings a fresh or updated checkout to the point where the product can run.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { withLock } from './lock.mjs'
import {
  cache,
  interruptedBy,
  lastLines,
  npmEnv,
  root,
  runQuietly,
  Stop,
  say,
} from './processes.mjs'

const installStamp = join(root, 'node_modules', '.latchkey-install')
const webStamp = join(root, 'dist', 'web', '.stamp')
/** crypto.argon2 appeared in 24.7. */
const nodeMin = [24, 7]

const readOr = (file, fallback) => (existsSync(file) ? readFileSync(file, 'utf8') : fallback)

/** Every file below a folder, as paths relative to the project's root, sorted. */
export const listFiles = (folder) => {
  const start = join(root, folder)
  if (!existsSync(start)) return []
  return readdirSync(start, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(start, entry.name)
      if (entry.isDirectory())
        return entry.name === 'node_modules' ? [] : listFiles(relative(root, path))
      return [relative(root, path).split(sep).join('/')]
    })
    .sort()
}

const hashFiles = (files) => {
  const hash = createHash('sha256')
  for (const file of files) {
    hash
      .update(`${file}\0`)
      .update(readOr(join(root, file), ''))
      .update('\0')
  }
  return hash.digest('hex')
}

/** True after a plain `npm install`: npm's own record names the same packages as the lock file. */
const isInstalledByHand = () => {
  const wanted = JSON.parse(readOr(join(root, 'package-lock.json'), '{}')).packages
  const present = JSON.parse(
    readOr(join(root, 'node_modules', '.package-lock.json'), '{}'),
  ).packages
  if (!wanted || !present) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true
    // Packages for other platforms are in the lock file and rightly not on the disk.
    if (!present[path]) return entry.optional === true
    return present[path].version === entry.version && present[path].integrity === entry.integrity
  })
}

const isInstalled = () =>
  readOr(installStamp, '') === hashFiles(['package-lock.json'])
    ? 'stamp'
    : isInstalledByHand() && 'hand'

const isWritable = (folder) => {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const runNpm = (args) => {
  const env = npmEnv()
  // Service accounts often have a home that does not exist or belongs to root.
  if (!isWritable(homedir())) env.npm_config_cache = join(cache, 'npm')
  return runQuietly({
    label: 'installing',
    command: 'npm',
    // NODE_ENV=production would leave out the pinned Node, which is a development dependency.
    args: [...args, '--include=dev', '--no-audit', '--no-fund'],
    log: 'install.log',
    env,
    shell: process.platform === 'win32',
  })
}

const install = async () => {
  say('Installing packages (once; 350 MB to fetch, 800 MB on the disk) …')
  let done = await runNpm(['ci'])
  if (done.code !== 0 && done.text.includes('npm error code EUSAGE')) {
    // Seen when the lock file was written behind a registry that lacks packages of other platforms.
    say('  package-lock.json does not fit package.json; using `npm install` without changing it')
    done = await runNpm(['install', '--no-save'])
  }
  if (interruptedBy()) throw new Stop('Interrupted.')
  if (done.code !== 0) {
    const errors = done.text.split('\n').filter((line) => line.startsWith('npm error'))
    say((errors.length > 0 ? errors.slice(0, 30).join('\n') : lastLines(done.text, 30)).trimEnd())
    throw new Stop(`Installing failed (exit code ${done.code}). The whole log: ${done.file}`)
  }
  say(`  packages installed in ${done.time}`)
}

const writeInstallStamp = () => writeFileSync(installStamp, hashFiles(['package-lock.json']))

const ensureInstalled = async () => {
  const found = isInstalled()
  if (found === 'stamp') return
  if (found === 'hand' && isWritable(join(root, 'node_modules'))) return writeInstallStamp()
  if (found) return
  await withLock('install', async () => {
    if (isInstalled()) return
    await install()
    writeInstallStamp()
  })
}

const versionOf = (node) => {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

const isNewEnough = (version) => {
  const [major, minor] = version.replace('v', '').split('.').map(Number)
  return major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])
}

/** The pinned Node, else this one when it is new enough. */
export const findNode = () => {
  const pinned = join(
    root,
    'node_modules',
    '.bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (existsSync(pinned) && versionOf(pinned)) return pinned
  if (isNewEnough(process.version)) return process.execPath
  throw new Stop(
    `Latchkey needs Node ${nodeMin.join('.')} or newer; this is ${process.version}, and the pinned one ` +
      'in node_modules/.bin is missing or does not run here.\n' +
      'Either let npm run the install script of the package "node" (npm config get ignore-scripts ' +
      'should say false; then delete node_modules and start again), or install Node 26 yourself.',
  )
}

/** `npm start` works in a checkout that belongs to another account, once it is installed and built. */
export const requireWritable = () => {
  if (!isWritable(existsSync(cache) ? cache : root)) {
    throw new Stop(`This account cannot write to ${cache}: tests need a checkout of their own.`)
  }
}

export const prepare = async () => {
  await ensureInstalled()
  return findNode()
}

/** As the server reads the setting `modules`; what is wrong with it, the server says. */
const outsideModules = () => {
  const fromEnv = process.env.LATCHKEY_MODULES
  if (fromEnv) return fromEnv.split(',').map((part) => part.trim())
  try {
    const { modules } = JSON.parse(readOr(join(root, 'latchkey.config.json'), '{}'))
    return Array.isArray(modules) ? modules.map(String) : []
  } catch {
    return []
  }
}

const outsideSources = () =>
  outsideModules().flatMap((given) => {
    const isPath = /^\.{1,2}([/\\]|$)/.test(given) || isAbsolute(given)
    const folder = relative(root, isPath ? resolve(root, given) : join(root, 'node_modules', given))
    return listFiles(folder).filter((file) => !file.endsWith('.test.ts'))
  })

const webSources = () => [
  ...outsideSources(),
  ...listFiles('src/web'),
  ...listFiles('src/modules').filter((file) =>
    /^src\/modules\/[^/]+\/(ui\/|contract\.ts$)/.test(file),
  ),
  ...listFiles('packages/kit/src'),
  'package.json',
  'package-lock.json',
  'vite.config.ts',
]

/** @returns {Promise<'built' | 'current' | 'absent' | 'failed'>} */
export const ensureWeb = async (node) => {
  if (!existsSync(join(root, 'vite.config.ts'))) return 'absent'
  if (readOr(webStamp, '') === hashFiles(webSources())) return 'current'
  return withLock('web', async () => {
    const hash = hashFiles(webSources())
    if (readOr(webStamp, '') === hash) return 'current'
    say('Building the web pages …')
    rmSync(webStamp, { force: true })
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
    const args = [vite, 'build']
    const done = await runQuietly({ label: 'building', command: node, args, log: 'web-build.log' })
    if (done.code !== 0) {
      say(lastLines(done.text, 80))
      return 'failed'
    }
    writeFileSync(webStamp, hash)
    say(`  web pages built in ${done.time}`)
    return 'built'
  })
}
