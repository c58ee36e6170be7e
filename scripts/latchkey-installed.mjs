// In the installed package: `latchkey start` serves the product, every other word is a command for its operators.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { memoryBounds } from './memory-bounds.mjs'

/** crypto.argon2 appeared in 24.7. */
const nodeMin = [24, 7]
const [major, minor] = process.versions.node.split('.').map(Number)
const isNewEnough = major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])

const run = () => {
  const words = process.argv.slice(2)
  const isStart = words[0] === 'start'
  const file = new URL(`../dist/app/src/${isStart ? 'main' : 'cli'}.js`, import.meta.url)
  const child = spawn(process.execPath, [fileURLToPath(file), ...(isStart ? [] : words)], {
    stdio: 'inherit',
    env: { ...(isStart ? memoryBounds : {}), INIT_CWD: process.cwd(), ...process.env },
  })
  // A terminal sends Ctrl-C to both; a second one would be the server's signal to hurry.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'))
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 3
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  })
}

if (isNewEnough) run()
else {
  process.stderr.write(
    `Latchkey needs Node ${nodeMin.join('.')} or newer; this is ${process.version}.\n`,
  )
  process.exitCode = 3
}
