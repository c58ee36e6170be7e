// The command line program: `npx latchkey`, `npm run latchkey -- user list`. Plain JavaScript, because a fresh machine
// may have an old Node: this file finds the pinned one and hands over to it. It prints nothing itself on standard
// output, which belongs to the command's answer.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findNode } from './prepare.mjs'
import { cache, endWithParent, root, Stop, start, toolEnv } from './processes.mjs'

/** npm runs a script in the project's folder and says here where the person was; `npx` leaves them where they are. */
const folderOfPerson = () =>
  process.env.npm_lifecycle_event === 'latchkey' && process.env.INIT_CWD
    ? process.env.INIT_CWD
    : process.cwd()

const main = async () => {
  if (!existsSync(join(root, 'node_modules', 'kysely')))
    throw new Stop('Latchkey is not installed yet. Run npm start once, or npm ci.')
  // Only npm is known to outlive its script.
  const guard = process.env.npm_lifecycle_event ? [endWithParent] : []
  const child = start(findNode(), [...guard, 'src/cli.ts', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: toolEnv({
      INIT_CWD: folderOfPerson(),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cache, 'compile'),
    }),
  })
  // A terminal sends Ctrl-C to both; a second one would be the server's signal to hurry.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'))
  const { code, error } = await child.ended
  if (error) throw new Stop(error.message)
  return code
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Stop)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 3
}
