// What became of one test file: counted, and written as the lines a person reads.
const outputCharsMax = 20_000

const indent = (text, by) => text.replace(/^(?=.)/gm, ' '.repeat(by))

export class FileRecord {
  passed = 0
  skipped = 0
  failures = []
  #output = ''
  #since = Date.now()

  constructor(name) {
    this.name = name
  }

  get millis() {
    return Date.now() - this.#since
  }

  add({ verdict, title, error }) {
    if (verdict === 'failed') this.fail(title, error)
    else this[verdict] += 1
  }

  fail(title, error = '') {
    this.failures.push({ file: this.name, title, error })
  }

  write(text) {
    this.#output = (this.#output + text).slice(-outputCharsMax)
  }

  /** A line, what failed in full, and what the file wrote when something failed or `isVerbose`. */
  print(isVerbose) {
    const counts = [
      `${this.passed} passed`,
      this.failures.length > 0 && `${this.failures.length} failed`,
      this.skipped > 0 && `${this.skipped} skipped`,
    ].filter(Boolean)
    const isEmpty = this.passed + this.skipped + this.failures.length === 0
    const sum = isEmpty ? 'no test in it' : counts.join(', ')
    const mark = isEmpty ? '-' : this.failures.length > 0 ? '✗' : '✓'
    let text = `  ${mark} ${this.name}: ${sum} (${(this.millis / 1000).toFixed(1)} s)`
    for (const { title, error } of this.failures)
      text += `\n\n    ✗ ${title}\n${indent(error, 6)}`.trimEnd()
    const output = this.failures.length > 0 || isVerbose ? this.#output.trimEnd() : ''
    if (output) text += `\n\n    What the file wrote:\n${indent(output, 6)}`
    return this.failures.length > 0 || output ? `${text}\n` : text
  }
}
