// Loaded into every test file's process. A file that leaves a server, timer or pool open would keep
// the whole run waiting for ever; this makes it a failure that names what is still open.
import { after } from 'node:test'

const graceMillis = 15_000

const complain = () => {
  const open = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')
  process.stderr.write(
    `${graceMillis / 1000} s after the last test this file still keeps the process alive: ${open.join(', ')}\n`,
  )
  process.exit(1)
}

// The runner's own process loads this too; only its children have the context.
if (process.env.NODE_TEST_CONTEXT) after(() => setTimeout(complain, graceMillis).unref())
