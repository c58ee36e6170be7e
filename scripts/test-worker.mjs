// Runs test files one after the other in one process, as test-pool.mjs asks for them. Reading the product's code once
// for many files is half of what a small file costs.
import { once } from 'node:events'
import { resolve } from 'node:path'
import { describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { createGlobalsGuard } from './changed-globals.mjs'
import { createLeakGuard } from './leak-guard.mjs'

const graceMillis = Number(process.env.LATCHKEY_TEST_GRACE ?? 15_000)

const tell = (message) => process.send(message)

if (process.env.LATCHKEY_TEST_PRELOAD)
  await import(pathToFileURL(resolve(process.env.LATCHKEY_TEST_PRELOAD)).href)
// The channel to the other process is open as long as this listens.
const orders = []
let wake = () => {}
process.on('message', (order) => {
  orders.push(order)
  wake()
})
const untilQuiet = createLeakGuard()
const restoreGlobals = createGlobalsGuard()

const nextOrder = async () => {
  if (orders.length === 0)
    await new Promise((go) => {
      wake = go
    })
  return orders.shift()
}

/** Hooks outside of any suite belong to the file, since the file is a suite. */
const runFile = async (file) => {
  const ended = once(process, 'latchkey:file-ended')
  void describe(file, async () => {
    await import(pathToFileURL(resolve(file)).href)
  })
  await ended
  // What failed after a test's end was told; it must not decide how the next file ends.
  process.exitCode = undefined
  const globals = restoreGlobals()
  if (globals.length > 0) tell({ type: 'changed', globals })
  const open = await untilQuiet(graceMillis)
  if (open.length === 0) return true
  tell({ type: 'leak', open })
  return false
}

for (;;) {
  const { file } = await nextOrder()
  if (!file) process.exit(0)
  const cpu = process.cpuUsage()
  const isClean = await runFile(file)
  const { user, system } = process.cpuUsage(cpu)
  tell({
    type: 'ended',
    isClean,
    cpuMillis: Math.round((user + system) / 1000),
    bytes: process.memoryUsage.rss(),
  })
}
