import { spawn } from 'node:child_process'
import { once } from 'node:events'

const script = `
const { DatabaseSync } = require('node:sqlite')
const db = new DatabaseSync(process.argv[1], { timeout: 5000 })
db.exec('begin immediate')
process.stdout.write('held')
process.stdin.once('data', () => { db.exec('rollback'); db.close(); process.exit(0) }).resume()
process.stdin.once('end', () => process.exit(1))
`

/** Another process that holds the write lock of an embedded database until it is told to let go, or this one ends. */
export const holdWriteLock = async (path: string): Promise<{ release: () => Promise<void> }> => {
  const child = spawn(process.execPath, ['-e', script, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => {
      throw new Error('the process that should hold the lock ended')
    }),
  ])
  return {
    release: async () => {
      child.stdin.end('go')
      await ended
    },
  }
}
