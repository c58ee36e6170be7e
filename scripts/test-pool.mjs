// Runs test files in a few processes that take one file after the other, the longest first. A file that ends its process,
// or falls silent in it, fails by name; the others go on in a new process.
import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { cache, endWithParent, interruptedBy, root, say, start } from './processes.mjs'
import { FileRecord } from './test-record.mjs'

const beatMillis = 1_000
const quietMillisMax = 10_000
/** A process that holds more than this is replaced: the test runner keeps what it has run. */
const bytesMax = 900 * 1024 * 1024
const headBytes = 2_000
const endMillisMax = 3_000

const timesFile = join(cache, 'test-times.json')

const readTimes = () => {
  try {
    return JSON.parse(readFileSync(timesFile, 'utf8'))
  } catch {
    return {}
  }
}

const writeTimes = (times) => {
  mkdirSync(dirname(timesFile), { recursive: true })
  writeFileSync(timesFile, `${JSON.stringify({ ...readTimes(), ...times }, null, 1)}\n`)
}

/** Files say themselves what they need, at their head: `// own process: it measures memory.` */
export const headSays = (file, what) => {
  const opened = openSync(resolve(root, file), 'r')
  try {
    const head = Buffer.alloc(headBytes)
    const text = head.toString('utf8', 0, readSync(opened, head, 0, headBytes, 0))
    return text.split('\n').some((line) => line.startsWith(`// ${what}: `))
  } finally {
    closeSync(opened)
  }
}

/** One process and the file that runs in it. */
class Worker {
  #record
  #silentSince = 0
  #running = ''
  #resolve
  #options

  constructor(node, options) {
    this.#options = options
    const args = [
      endWithParent,
      '--test-reporter=./scripts/test-reporter.mjs',
      '--test-reporter-destination=stdout',
      'scripts/test-worker.mjs',
    ]
    const stdio = ['ignore', 'pipe', 'pipe', 'ipc']
    this.child = start(node, args, { stdio, env: options.env, serialization: 'advanced' })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding('utf8').on('data', (text) => this.#record?.write(text))
    this.child.on('message', (message) => this.#take(message))
    this.child.ended.then(({ code, error }) => this.#over(code, error))
  }

  /** @returns {Promise<boolean>} whether the process can take another file */
  run(record) {
    this.#record = record
    this.#running = ''
    this.#silentSince = Date.now()
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.child.send({ file: record.name }, (error) => error && this.#done(false))
    })
  }

  #take(message) {
    this.#silentSince = Date.now()
    if (message.type === 'running') this.#running = message.title
    else if (message.type === 'test') this.#record?.add(message)
    else if (message.type === 'leak')
      this.#record?.fail(
        'the file leaves something open',
        `after the last test these still keep the process alive: ${message.open.join(', ')}`,
      )
    else if (message.type === 'changed')
      this.#record?.fail(
        'the file leaves the platform changed',
        `after the last test these are not what they were: ${message.globals.join(', ')}`,
      )
    else if (message.type === 'ended') {
      if (this.#record) this.#record.cpuMillis = message.cpuMillis
      this.#done(message.isClean && message.bytes < bytesMax)
    }
  }

  #over(code, error) {
    if (!this.#record) return
    const during = this.#running ? ` during “${this.#running}”` : ''
    const why = error?.message ?? `ended with exit code ${code}`
    if (!this.#record.isOver && !interruptedBy())
      this.#record.fail(`the file's process ${why}${during}`)
    this.#done(false)
  }

  #done(canGoOn) {
    this.#record = undefined
    this.#resolve?.(canGoOn)
    this.#resolve = undefined
  }

  /** Asked first, so that it can take along what it started: a browser. */
  async end() {
    const { child } = this
    if (child.connected) child.send({}, () => {})
    const timer = setTimeout(() => child.kill('SIGKILL'), endMillisMax)
    await child.ended
    clearTimeout(timer)
  }

  /** Called every second: a test that never ends cannot say so itself. */
  beat() {
    const { timeoutMillis } = this.#options
    if (!this.#record || this.#record.isOver) return
    if (Date.now() - this.#silentSince < timeoutMillis) return
    this.#record.isOver = true
    this.#record.fail(
      this.#running || 'the file itself',
      `nothing has come from it for ${Math.round(timeoutMillis / 1000)} s`,
    )
    this.child.kill('SIGKILL')
  }
}

class Pool {
  records = []
  leftOut = []
  #workers = new Set()
  #running = new Set()
  #lastWriteAt = Date.now()

  constructor(node, options) {
    this.node = node
    this.options = options
  }

  async #runOne(worker, file) {
    const record = new FileRecord(file)
    this.records.push(record)
    this.#running.add(record)
    const canGoOn = await worker.run(record)
    this.#running.delete(record)
    record.tookMillis = record.millis
    say(record.print(this.options.isVerbose))
    this.#lastWriteAt = Date.now()
    return canGoOn
  }

  #start() {
    const worker = new Worker(this.node, this.options)
    this.#workers.add(worker)
    return worker
  }

  async #end(worker) {
    this.#workers.delete(worker)
    await worker.end()
  }

  async #work(queue) {
    let worker
    while (queue.length > 0 && !interruptedBy()) {
      const { file, isAlone, millis } = queue.shift()
      if (this.#isTooLate(millis)) {
        this.leftOut.push(file)
        continue
      }
      if (worker && isAlone) {
        await this.#end(worker)
        worker = undefined
      }
      worker ??= this.#start()
      const canGoOn = await this.#runOne(worker, file)
      if (canGoOn && !isAlone) continue
      await this.#end(worker)
      worker = undefined
    }
    if (worker) await this.#end(worker)
  }

  #isTooLate(millis) {
    const { untilAt } = this.options
    return untilAt !== undefined && Date.now() + (millis ?? 0) > untilAt
  }

  #beat() {
    for (const worker of this.#workers) worker.beat()
    if (this.#running.size === 0 || Date.now() - this.#lastWriteAt < quietMillisMax) return
    const names = [...this.#running].map(
      (record) => `${record.name} (${Math.round(record.millis / 1000)} s)`,
    )
    say(`  … running: ${names.join(', ')}`)
    this.#lastWriteAt = Date.now()
  }

  async run(files) {
    const times = readTimes()
    const queue = files.map((file) => ({
      file,
      isAlone: headSays(file, 'own process'),
      millis: times[file]?.millis,
    }))
    // A file without a known time comes first: it may be long. A run that must end in time keeps the order it was given.
    if (this.options.untilAt === undefined)
      queue.sort((one, other) => (other.millis ?? Infinity) - (one.millis ?? Infinity) || 0)
    const timer = setInterval(() => this.#beat(), beatMillis)
    const size = Math.min(this.options.concurrency, queue.length)
    await Promise.all(Array.from({ length: size }, () => this.#work(queue)))
    clearInterval(timer)
  }
}

/** @returns what is counted over all files, and each failure with its file and title */
export const runFiles = async (node, files, options) => {
  const pool = new Pool(node, options)
  await pool.run(files)
  const { records } = pool
  if (options.isTimed !== false && !interruptedBy())
    writeTimes(
      Object.fromEntries(
        records.map(({ name, tookMillis, cpuMillis }) => [name, { millis: tookMillis, cpuMillis }]),
      ),
    )
  const failures = records.flatMap((record) =>
    record.failures.map(({ file, title }) => ({ file, title })),
  )
  const sum = (key) => records.reduce((total, record) => total + record[key], 0)
  const { leftOut } = pool
  return {
    passed: sum('passed'),
    failed: failures.length,
    skipped: sum('skipped'),
    failures,
    leftOut,
  }
}
