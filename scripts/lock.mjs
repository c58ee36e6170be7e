// One launcher at a time may change node_modules or dist.
import { mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cache, interruptedBy, Stop, say } from './processes.mjs'

const waitMillisMax = 5 * 60_000
/** A lock of another machine or container (shared folder) cannot be asked whether it lives. */
const foreignLockMillisMax = 15 * 60_000

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const isStale = (file) => {
  try {
    const [pid, host] = readFileSync(file, 'utf8').split(' ')
    if (host === hostname()) return !isAlive(Number(pid))
    return Date.now() - statSync(file).mtimeMs > foreignLockMillisMax
  } catch {
    return false
  }
}

const tryToTake = (file) => {
  try {
    writeFileSync(file, `${process.pid} ${hostname()}`, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (isStale(file)) unlinkSync(file)
    return false
  }
}

export const withLock = async (name, work) => {
  mkdirSync(cache, { recursive: true })
  const file = join(cache, `${name}.lock`)
  const since = Date.now()
  for (let saidAt = 0; !tryToTake(file); ) {
    if (interruptedBy()) throw new Stop('Interrupted.')
    if (Date.now() - since > waitMillisMax) {
      throw new Stop(`Another launcher still holds ${file}. If none is running, delete that file.`)
    }
    if (Date.now() - saidAt > 5_000) {
      say(`  … waiting for another launcher to finish (${name})`)
      saidAt = Date.now()
    }
    await sleep(300)
  }
  try {
    return await work()
  } finally {
    unlinkSync(file)
  }
}
