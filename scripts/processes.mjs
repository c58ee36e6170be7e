// Child processes of the launcher: start, watch, stop. Plain JavaScript for any Node >= 20.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const cache = join(root, '.cache')
/** Where tests find a PostgreSQL in which they may create databases. */
export const testVariable = 'LATCHKEY_TEST_POSTGRES_URL'

const binFolder = join(root, 'node_modules', '.bin')

/** For the command line of a Node that shall not outlive the launcher. */
export const endWithParent = '--import=./scripts/end-with-parent.mjs'

/** Silence longer than this looks like a hang to the person who waits. */
const silenceMillisMax = 5_000
/** What has not ended this long after SIGTERM is killed. */
const graceMillis = 8_000

const running = new Set()
let interruption

export const interruptedBy = () => interruption
export const exitCodeOf = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 0)
export const say = (line) => process.stdout.write(`${line}\n`)
export const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`

/** An expected failure: its message is all the person needs, without a stack. */
export class Stop extends Error {}

/** Our own node_modules/.bin last: npm must not run on a Node that `npm ci` is about to delete. */
const pathWithoutBin = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(
      (entry) => !entry.endsWith(join('node_modules', '.bin')) && !entry.endsWith('node-gyp-bin'),
    )
    .join(delimiter)

/** For tools of the project: the pinned Node comes first on PATH, as npm scripts see it. */
export const toolEnv = (extra = {}) => ({
  ...process.env,
  PATH: `${binFolder}${delimiter}${pathWithoutBin()}`,
  ...extra,
})

/** For npm: as if the person had typed it, without what the outer `npm run` left behind. */
export const npmEnv = () => {
  const env = { ...process.env, PATH: pathWithoutBin() }
  for (const name of Object.keys(env)) {
    if (/^npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix)/.test(name)) {
      delete env[name]
    }
  }
  return env
}

export const start = (command, args, options = {}) => {
  const child = spawn(command, args, { cwd: root, env: toolEnv(), ...options })
  running.add(child)
  child.ended = new Promise((resolve) => {
    const end = (result) => {
      running.delete(child)
      resolve(result)
    }
    child.once('error', (error) => end({ code: 127, error }))
    // `close` comes after the last output, `exit` may come before it.
    child.once('close', (code, signal) => end({ code: exitCodeOf(code, signal) }))
  })
  return child
}

/** SIGTERM, then SIGKILL after a grace period. By process id, only what was started here. */
export const stop = async (child) => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMillis)
  await child.ended
  clearTimeout(timer)
}

export const stopAll = () => Promise.all([...running].map(stop))

/** After this, Ctrl-C ends the children first; the caller then sees `interruptedBy()`. */
export const stopChildrenOnSignal = () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (interruption) return
      interruption = signal
      say(`\n${signal}: stopping …`)
      void stopAll()
    })
  }
}

/**
 * Runs a noisy tool: its output goes to `.cache/<log>` and is returned, the person sees a line
 * every few seconds.
 */
export const runQuietly = async ({ label, command, args, log, ...options }) => {
  mkdirSync(cache, { recursive: true })
  const file = join(cache, log)
  const output = createWriteStream(file)
  const since = Date.now()
  const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  const written = new Promise((resolve) => output.once('close', resolve))
  child.stdout.pipe(output, { end: false })
  child.stderr.pipe(output, { end: false })
  const heartbeat = setInterval(() => say(`  … ${label} (${seconds(since)})`), silenceMillisMax)
  const { code, error } = await child.ended
  clearInterval(heartbeat)
  output.end(error ? `${error.message}\n` : '')
  await written
  return { code, text: readFileSync(file, 'utf8'), file, time: seconds(since) }
}

export const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n')
