// `npm run bench`: installs what is measured against, here and nowhere else, and runs the figures.
// Plain JavaScript for the same reason as scripts/launch.mjs: a fresh machine may have an old Node.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureWeb, prepare } from '../scripts/prepare.mjs'
import {
  endWithParent,
  lastLines,
  npmEnv,
  root,
  runQuietly,
  Stop,
  say,
  start,
  stopChildrenOnSignal,
} from '../scripts/processes.mjs'

const folder = join(root, 'bench')
const stamp = join(folder, 'node_modules', '.installed')

const installPeers = async () => {
  const lock = readFileSync(join(folder, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say('Installing what is measured against (once; about 30 MB) …')
  const done = await runQuietly({
    label: 'installing',
    command: 'npm',
    // Without the second option npm would look for this folder among the workspaces of the product.
    args: ['ci', '--workspaces=false', '--no-audit', '--no-fund'],
    log: 'bench-install.log',
    cwd: folder,
    env: npmEnv(),
    shell: process.platform === 'win32',
  })
  if (done.code !== 0) throw new Stop(`Installing failed:\n${lastLines(done.text, 20)}`)
  writeFileSync(stamp, wanted)
}

try {
  process.chdir(root)
  stopChildrenOnSignal()
  const node = await prepare()
  if ((await ensureWeb(node)) === 'failed') throw new Stop('The web pages could not be built.')
  await installPeers()
  const args = [endWithParent, 'bench/run.ts', ...process.argv.slice(2)]
  const { code } = await start(node, args, { stdio: 'inherit' }).ended
  process.exitCode = code
} catch (error) {
  if (!(error instanceof Stop)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
