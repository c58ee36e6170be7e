// The one way in: `npm start`, `npm run build`, `npm pack`, `npm run dev`, `npm test`, `npm run test:long`, `npm run check`.
// Plain JavaScript, because a fresh machine may have an old Node: this file installs the pinned one
// and hands over to it.
import { join } from 'node:path'
import { memoryBounds } from './memory-bounds.mjs'
import { ensureWeb, prepare } from './prepare.mjs'
import {
  cache,
  endWithParent,
  exitCodeOf,
  interruptedBy,
  root,
  Stop,
  say,
  start,
  stop,
  stopChildrenOnSignal,
  toolEnv,
} from './processes.mjs'
import { runCheck, runTest, runTestLong } from './suite.mjs'

const compileCache = () => ({
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cache, 'compile'),
})

const leaveIfInterrupted = () => {
  const signal = interruptedBy()
  if (signal) process.exit(exitCodeOf(null, signal))
}

/**
 * The server decides how long it drains, so nothing is killed here. A terminal sends Ctrl-C to the
 * whole group: passing it on would be the server's second one.
 */
const passSignalsTo = (child) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal)
    process.on(signal, () => {
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  }
}

const runStart = async () => {
  const node = await prepare()
  const web = await ensureWeb(node)
  leaveIfInterrupted()
  if (web === 'failed') throw new Stop('The web pages could not be built.')
  const server = start(node, [endWithParent, 'src/main.ts'], {
    stdio: 'inherit',
    env: { ...memoryBounds, ...toolEnv(compileCache()) },
  })
  passSignalsTo(server)
  const { code, error } = await server.ended
  if (error) say(error.message)
  return code
}

const runDev = async () => {
  const node = await prepare()
  leaveIfInterrupted()
  const port = Number(process.env.PORT ?? 3000)
  const env = toolEnv({
    ...compileCache(),
    LATCHKEY_PUBLIC_URL: process.env.LATCHKEY_PUBLIC_URL ?? `http://localhost:${port}`,
    PORT: String(port + 1),
  })
  say(
    `Development: http://localhost:${port} (pages, hot reload), API behind it on port ${port + 1}`,
  )
  const args = [endWithParent, '--watch', '--watch-preserve-output', 'src/main.ts']
  const server = start(node, args, { stdio: 'inherit', env })
  const web = start(node, [endWithParent, 'scripts/dev-web.mjs', String(port), String(port + 1)], {
    stdio: 'inherit',
  })
  const { code } = await Promise.race([server.ended, web.ended])
  await Promise.all([stop(server), stop(web)])
  return interruptedBy() ? 0 : code
}

const runBuild = async () => {
  const web = await ensureWeb(await prepare())
  leaveIfInterrupted()
  if (web === 'failed') throw new Stop('The web pages could not be built.')
}

/** By the pinned Node: an old one cannot take the types off. */
const runPack = async () => {
  const packing = start(await prepare(), [endWithParent, 'scripts/pack-app.mjs'], {
    stdio: 'inherit',
  })
  return (await packing.ended).code
}

const commands = {
  start: runStart,
  build: runBuild,
  pack: runPack,
  dev: runDev,
  test: runTest,
  'test:long': runTestLong,
  check: runCheck,
}

const main = async () => {
  const [name, ...args] = process.argv.slice(2)
  const command = commands[name]
  if (!command)
    throw new Stop(`Usage: node scripts/launch.mjs ${Object.keys(commands).join(' | ')}`)
  process.chdir(root)
  stopChildrenOnSignal()
  // Only npm is known to outlive its script; a shell may put the launcher into the background and end.
  if (process.env.npm_lifecycle_event) await import('./end-with-parent.mjs')
  return command(args)
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Stop)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = interruptedBy() ? exitCodeOf(null, interruptedBy()) : 1
}
