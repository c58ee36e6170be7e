// A calm reporter for node:test: a line per file, failures in full, counts left as JSON in the file
// named by LATCHKEY_TEST_COUNTS. Runs in the test runner's process, not in the tests'.
import { writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

const silenceMillisMax = 10_000
const outputCharsMax = 20_000
const isVerbose = process.env.LATCHKEY_TEST_VERBOSE === '1'

const indent = (text, by) => text.replace(/^(?=.)/gm, ' '.repeat(by))

const describeError = (error) => {
  const cause = error?.cause ?? error
  // An assertion's stack starts with its message, which holds the difference already.
  const isPlain = cause?.code === 'ERR_ASSERTION' && cause.stack
  const text = isPlain ? cause.stack : inspect(cause, { depth: 5, breakLength: 100 })
  return text
    .split('\n')
    .filter((line) => !/^\s+at .*node:(internal|async_hooks)/.test(line))
    .join('\n')
    .replaceAll(`${pathToFileURL(process.cwd()).href}/`, '')
    .trimEnd()
}

/** Leaves out containers: a test with subtests is their frame, not one more test. */
class FileRecord {
  passed = 0
  skipped = 0
  failures = []
  output = ''
  isPrinted = false
  #names = []
  #lastNesting = 0

  constructor(path) {
    this.path = path
    this.name = relative(process.cwd(), path)
  }

  enter({ nesting, name }) {
    this.#names.length = nesting
    this.#names[nesting] = name
  }

  add({ nesting, name, details, skip, todo }, isPass) {
    const isContainer = details.type === 'suite' || this.#lastNesting > nesting
    this.#lastNesting = nesting
    if (skip !== undefined || todo !== undefined) {
      if (!isContainer) this.skipped += 1
    } else if (isPass) {
      if (!isContainer) this.passed += 1
    } else if (details.error?.failureType !== 'subtestsFailed') {
      const title = [...this.#names.slice(0, nesting), name].join(' › ')
      this.failures.push({ file: this.name, title, error: describeError(details.error) })
    }
  }

  failAsWhole({ details }) {
    const { exitCode, signal } = details.error ?? {}
    const title = `the file's process ended with ${signal ? `signal ${signal}` : `exit code ${exitCode}`}`
    const error = this.output ? '' : describeError(details.error)
    this.failures.push({ file: this.name, title, error })
  }

  takeOutput() {
    const output = this.output.slice(-outputCharsMax).trimEnd()
    this.output = ''
    return output
  }

  print(millis) {
    const news = this.failures.filter((failure) => !failure.isPrinted)
    if (this.isPrinted && news.length === 0) return ''
    const counts = [
      `${this.passed} passed`,
      this.failures.length > 0 && `${this.failures.length} failed`,
      this.skipped > 0 && `${this.skipped} skipped`,
    ].filter(Boolean)
    const isEmpty = this.passed + this.skipped + this.failures.length === 0
    const sum = isEmpty ? 'no test in it' : counts.join(', ')
    const time = millis === undefined ? '' : ` (${(millis / 1000).toFixed(1)} s)`
    const mark = isEmpty ? '-' : this.failures.length > 0 ? '✗' : '✓'
    let text = `  ${mark} ${this.name}: ${sum}${time}\n`
    for (const failure of news) {
      failure.isPrinted = true
      text += `\n    ✗ ${failure.title}\n${indent(failure.error, 6)}\n`
    }
    const output = news.length > 0 || isVerbose ? this.takeOutput() : ''
    if (output) text += `\n    What the file wrote:\n${indent(output, 6)}\n`
    if (news.length > 0 || output) text += '\n'
    this.isPrinted = true
    return text
  }
}

class Run {
  files = new Map()
  running = new Map()
  lastWriteAt = Date.now()

  record(file) {
    const path = resolve(file)
    if (!this.files.has(path)) this.files.set(path, new FileRecord(path))
    return this.files.get(path)
  }

  /** node:test reports the file itself as a top-level test whose name is its path. */
  isFileItself = ({ name, file, nesting }) =>
    nesting === 0 && !!file && resolve(name) === resolve(file)

  verdict(data, isPass) {
    const record = this.record(data.file)
    if (!this.isFileItself(data)) {
      record.add(data, isPass)
      return ''
    }
    if (!isPass) record.failAsWhole(data)
    return record.print(data.details.duration_ms)
  }

  handle({ type, data }) {
    if (!data?.file) return ''
    if (type === 'test:stdout' || type === 'test:stderr')
      this.record(data.file).output += data.message
    else if (type === 'test:start') this.record(data.file).enter(data)
    else if (type === 'test:dequeue' && this.isFileItself(data))
      this.running.set(data.file, Date.now())
    else if (type === 'test:complete' && this.isFileItself(data)) this.running.delete(data.file)
    else if (type === 'test:pass') return this.verdict(data, true)
    else if (type === 'test:fail') return this.verdict(data, false)
    else if (type === 'test:summary') return this.record(data.file).print(data.duration_ms)
    return ''
  }

  heartbeat() {
    if (this.running.size === 0 || Date.now() - this.lastWriteAt < silenceMillisMax) return
    const names = [...this.running].map(
      ([file, since]) =>
        `${relative(process.cwd(), file)} (${Math.round((Date.now() - since) / 1000)} s)`,
    )
    process.stdout.write(`  … running: ${names.join(', ')}\n`)
    this.lastWriteAt = Date.now()
  }

  leftOpen() {
    // A file that was cut off (interrupted, crashed) never had its line, nor had one whose tests another file asks for.
    // What a test imports is named too, and is none.
    return [...this.files.values()].filter(
      (record) =>
        !record.isPrinted &&
        (/\.test\.tsx?$/.test(record.path) || record.passed + record.failures.length > 0),
    )
  }

  counts() {
    const records = [...this.files.values()]
    const failures = records.flatMap((record) =>
      record.failures.map(({ file, title }) => ({ file, title })),
    )
    return {
      passed: records.reduce((sum, record) => sum + record.passed, 0),
      failed: failures.length,
      skipped: records.reduce((sum, record) => sum + record.skipped, 0),
      failures,
    }
  }
}

// A default export, because that is where node:test looks for a reporter.
export default async function* report(source) {
  const run = new Run()
  const timer = setInterval(() => run.heartbeat(), 1_000)
  for await (const event of source) {
    const text = run.handle(event)
    if (text) run.lastWriteAt = Date.now()
    yield text
  }
  clearInterval(timer)
  for (const record of run.leftOpen()) yield record.print()
  const target = process.env.LATCHKEY_TEST_COUNTS
  if (target) writeFileSync(target, JSON.stringify(run.counts()))
}
