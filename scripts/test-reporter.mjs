// Runs in the process of the tests: tells the process that started it what becomes of each. A file is a suite whose name
// is the file's path, see test-worker.mjs.
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

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
class Reading {
  #names = []
  #lastNesting = 0

  enter({ nesting, name }) {
    this.#names.length = nesting
    this.#names[nesting] = name
  }

  #title({ nesting, name }) {
    return [...this.#names.slice(1, nesting), name].join(' › ')
  }

  /** What to tell of a test that ended; undefined for a container that is none. */
  leave(data, isPass) {
    const { nesting, details, skip, todo } = data
    const isContainer = details.type === 'suite' || this.#lastNesting > nesting
    this.#lastNesting = nesting
    if (skip !== undefined || todo !== undefined)
      return isContainer ? undefined : { verdict: 'skipped' }
    if (isPass) return isContainer ? undefined : { verdict: 'passed' }
    if (details.error?.failureType === 'subtestsFailed') return undefined
    const title = nesting === 0 ? 'the file itself' : this.#title(data)
    return { verdict: 'failed', title, error: describeError(details.error) }
  }
}

const tell = (message) => process.send?.(message)

const handle = (reading, { type, data }) => {
  // Told at once, where the others wait for their turn: says what runs when a process hangs.
  if (type === 'test:dequeue' && data.nesting > 0) tell({ type: 'running', title: data.name })
  if (type === 'test:start') reading.enter(data)
  if (type === 'test:diagnostic' && data.message.startsWith('Error: '))
    tell({ type: 'test', verdict: 'failed', title: 'after its end', error: data.message })
  if (type !== 'test:pass' && type !== 'test:fail') return
  const verdict = reading.leave(data, type === 'test:pass')
  if (verdict) tell({ type: 'test', ...verdict })
  if (data.nesting === 0) process.emit('latchkey:file-ended')
}

// A default export, because that is where node:test looks for a reporter.
// biome-ignore lint/correctness/useYield: what it has to say goes to the other process
export default async function* report(source) {
  const reading = new Reading()
  for await (const event of source) handle(reading, event)
}
