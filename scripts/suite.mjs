// `npm test`: everything. `npm run check`: what fits into a minute, which is the core and what was changed.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { distancesFrom } from './import-graph.mjs'
import { startPostgres } from './postgres-child.mjs'
import { ensureWeb, listFiles, prepare, requireWritable } from './prepare.mjs'
import {
  cache,
  exitCodeOf,
  interruptedBy,
  root,
  runQuietly,
  Stop,
  say,
  seconds,
  stopAll,
  testVariable,
  toolEnv,
} from './processes.mjs'
import { headSays, runFiles } from './test-pool.mjs'

const isTestFile = (path) => /\.test\.tsx?$/.test(path)
const isBrowserTest = (path) => /^test\/(e2e|a11y)\//.test(path)
/** What every change may break, and is quickly asked: rings, generated pages, migrations, the platform's own rules. */
const isCore = (path) =>
  /^(packages\/kit\/|src\/(platform|cli|web)\/|test\/[^/]+\.test\.ts$)/.test(path) &&
  !/^test\/(start|way-in)\.test\.ts$/.test(path)
/** A check that takes longer is not run while working. Processes that are busy with a file end it. */
const checkMillisMax = 45_000
/** Files that have more to do where there is time say so at their head: `// long: what`. */
const hasLongForm = (path) => headSays(path, 'long')
const longForms = { LATCHKEY_TEST_LONG: '1' }
const tool = (...path) => join('node_modules', ...path)

/** What is counted, over all phases. */
class Tally {
  passed = 0
  failed = 0
  skipped = 0
  testsRun = 0
  failures = []
  times = []

  check(name, verdict) {
    this[verdict] += 1
    if (verdict === 'failed') this.failures.push({ file: name, title: 'see above' })
  }

  tests(counts) {
    this.passed += counts.passed
    this.failed += counts.failed
    this.skipped += counts.skipped
    this.testsRun += counts.passed + counts.failed
    this.failures.push(...counts.failures)
  }

  async timed(name, work) {
    const since = Date.now()
    say(`\n${name}`)
    const result = await work()
    const line = `${name}: ${seconds(since)}`
    this.times.push(line)
    return result
  }

  print() {
    say('\nTimes')
    for (const line of this.times) say(`  ${line}`)
    if (this.failures.length > 0) say('\nFailed')
    for (const { file, title } of this.failures) say(`  ✗ ${file}: ${title}`)
    const skipped = this.skipped > 0 ? `, ${this.skipped} skipped` : ''
    say(`\n${this.passed} passed, ${this.failed} failed${skipped}`)
  }
}

/** The settings of the developer's shell must not decide how tests end; HOST and PORT are settings too. */
const testEnv = (extra) => {
  const env = toolEnv({ NODE_COMPILE_CACHE: join(cache, 'compile') })
  for (const name of Object.keys(env)) {
    const isOurs = name.startsWith('LATCHKEY_') && !name.startsWith('LATCHKEY_TEST_')
    if (isOurs || name === 'HOST' || name === 'PORT' || name === 'NODE_ENV') delete env[name]
  }
  // Set by a shell that ran the long forms once.
  delete env.LATCHKEY_TEST_LONG
  return { ...env, ...extra }
}

const staticChecks = (node, tally) => {
  const checks = [
    ['format and lint', tool('@biomejs', 'biome', 'bin', 'biome'), ['ci', '--colors=off']],
    ['types: server', tool('typescript', 'bin', 'tsc'), ['-p', 'tsconfig.json']],
    ['types: web', tool('typescript', 'bin', 'tsc'), ['-p', 'tsconfig.web.json']],
  ]
  const run = async ([name, script, args]) => {
    const log = `${name.replace(/\W+/g, '-')}.log`
    const done = await runQuietly({ label: name, command: node, args: [script, ...args], log })
    const isFine = done.code === 0
    if (!isFine) say(done.text.trimEnd())
    say(`  ${isFine ? '✓' : '✗'} ${name} (${done.time})`)
    tally.check(name, isFine ? 'passed' : 'failed')
  }
  return tally.timed('Format, lint, types', () => Promise.all(checks.map(run)))
}

const webBuild = (node, tally) =>
  tally.timed('Web build', async () => {
    const outcome = await ensureWeb(node)
    const verdicts = { built: 'passed', current: 'passed', absent: 'skipped', failed: 'failed' }
    const words = {
      built: '✓ built',
      current: '✓ already current',
      absent: '- no vite.config.ts',
      failed: '✗ failed',
    }
    say(`  ${words[outcome]}`)
    tally.check('web build', verdicts[outcome])
    return outcome
  })

const runTests = (node, files, { env, ...options }) =>
  runFiles(node, files, { ...options, env: testEnv(env) })

const testFiles = (filters) =>
  ['packages', 'src', 'test']
    .flatMap(listFiles)
    .filter(isTestFile)
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))

const longOption = /^--long-within=(\d+)m$/

/** Parts of paths, and the one option: `--long-within=40m`. */
const readArguments = (args) => {
  const unknown = args.find((arg) => arg.startsWith('--') && !longOption.test(arg))
  if (unknown) throw new Stop(`There is no option ${unknown}. There is --long-within=40m.`)
  const minutes = args.map((arg) => longOption.exec(arg)?.[1]).find(Boolean)
  return {
    filters: args
      .filter((arg) => !arg.startsWith('--'))
      .map((arg) => arg.replace(/^\.\//, '').replaceAll('\\', '/')),
    longWithin: minutes === undefined ? undefined : Number(minutes),
  }
}

const runBothKinds = async (node, tally, { plain, browser, isBuilt, ...shared }) => {
  if (plain.length > 0 && !interruptedBy()) {
    const options = { concurrency: 3, timeoutMillis: 120_000, ...shared }
    tally.tests(await tally.timed('Tests', () => runTests(node, plain, options)))
  }
  if (browser.length === 0 || interruptedBy()) return
  if (!isBuilt) return say('\nBrowser tests: not run, because the web build failed')
  const options = {
    ...{ concurrency: 2, timeoutMillis: 240_000, isVerbose: shared.isVerbose },
    env: { ...shared.env, LATCHKEY_TEST_PRELOAD: './test/harness/shared-browser.ts' },
  }
  tally.tests(await tally.timed('Browser tests', () => runTests(node, browser, options)))
}

const runLongForms = async (node, tally, { files, env }) => {
  const options = {
    ...{ concurrency: 3, timeoutMillis: 600_000, isTimed: false },
    env: { ...env, ...longForms },
  }
  tally.tests(await tally.timed('Long forms', () => runTests(node, files, options)))
}

/** What a whole run leaves out unless it has been told until when there is time for it, and says so. */
const runLongIfThereIsTime = async (node, tally, { within, ...rest }) => {
  const { files } = rest
  if (files.length === 0 || interruptedBy()) return
  const minutes = Math.round(process.uptime() / 60)
  if (within !== undefined && minutes < within) return runLongForms(node, tally, rest)
  const why = within === undefined ? '' : `, because ${minutes} minutes are used`
  say(`\nLeft out${why}: the long forms of ${files.length} files (npm run test:long)`)
}

/** Fills the tally; ends early when interrupted. The caller prints. */
const testEverything = async (tally, filters, { longWithin }) => {
  const node = await prepare()
  const files = testFiles(filters)
  const isFiltered = filters.length > 0
  if (isFiltered && files.length === 0) throw new Stop(`No test file matches ${filters.join(' ')}`)
  const browser = files.filter(isBrowserTest)
  const plain = files.filter((path) => !isBrowserTest(path))
  if (!isFiltered) await staticChecks(node, tally)
  if (interruptedBy()) return
  // Some of those for all modules ask for pages too.
  const needsPages = !isFiltered || files.some((path) => path.startsWith('test/'))
  const isBuilt = !needsPages || (await webBuild(node, tally)) !== 'failed'
  if (files.length === 0 || interruptedBy()) return
  const postgres = await tally.timed('PostgreSQL', () => startPostgres(node, tally))
  try {
    // A developer who runs one file is looking for something: then what it writes is shown.
    const shared = { env: postgres.env, isVerbose: isFiltered }
    await runBothKinds(node, tally, { plain, browser, isBuilt, ...shared })
    const long = isFiltered ? [] : plain.filter(hasLongForm)
    await runLongIfThereIsTime(node, tally, { files: long, within: longWithin, env: postgres.env })
  } finally {
    await postgres.stop()
  }
}

/** What differs from the last commit, or what that one brought; nothing where there is no git. */
const changedFiles = () => {
  const ask = (...args) => {
    const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
    return status === 0 ? stdout.split('\n').filter(Boolean) : []
  }
  const open = [
    ...ask('diff', '--name-only', 'HEAD'),
    ...ask('ls-files', '--others', '--exclude-standard'),
  ]
  return open.length > 0 ? open : ask('diff', '--name-only', 'HEAD~1', 'HEAD')
}

/** The folder whose tests a file belongs to: its module, its part of the platform, or its own. */
const homeOf = (path) =>
  /^(src\/modules\/[^/]+|src\/platform\/[^/]+|src\/web\/[^/]+)\//.exec(path)?.[0] ??
  `${dirname(path)}/`

/** What reads the whole project, so that no import says what can break it. */
const readsEverything = /^test\/(rings|reference|migrations)\.test\.ts$/

/**
 * What a change can break, nearest first: what reads everything, the changed files' own folders, then by the number of
 * imports in between, and at last the core.
 */
const orderForCheck = (files) => {
  const changed = changedFiles()
  const homes = new Set(changed.filter((path) => /^(src|packages|test)\//.test(path)).map(homeOf))
  const distances = distancesFrom(changed)
  const rank = (path) => {
    if (readsEverything.test(path)) return 0
    if (distances.has(path)) return homes.has(homeOf(path)) ? 1 : 2 + distances.get(path)
    return isCore(path) ? 1_000 : undefined
  }
  return files
    .filter((path) => rank(path) !== undefined)
    .sort((one, other) => rank(one) - rank(other))
}

const checkQuickly = async (tally, filters) => {
  const since = Date.now()
  const node = await prepare()
  await staticChecks(node, tally)
  const all = testFiles(filters).filter((path) => !isBrowserTest(path))
  const files = filters.length > 0 ? all : orderForCheck(all)
  if (files.length === 0 || interruptedBy()) return
  const env = { [testVariable]: undefined }
  const untilAt = filters.length > 0 ? undefined : since + checkMillisMax
  const options = { concurrency: 2, timeoutMillis: 60_000, env, untilAt }
  const counts = await tally.timed('Tests on SQLite', () => runTests(node, files, options))
  tally.tests(counts)
  const { leftOut } = counts
  if (leftOut.length > 0)
    say(`\nLeft out, for the minute was over: ${leftOut.length} files, from ${leftOut[0]} on`)
}

const finish = async (work, args) => {
  const tally = new Tally()
  try {
    requireWritable()
    const { filters, ...options } = readArguments(args)
    await work(tally, filters, options)
    if (!interruptedBy() && tally.testsRun === 0) say('\nNo test ran.')
  } catch (error) {
    // Whatever happened, the last line must be the sum.
    say(error instanceof Stop ? error.message : error.stack)
    tally.check('the run itself', 'failed')
  }
  await stopAll()
  tally.print()
  if (interruptedBy()) return exitCodeOf(null, interruptedBy())
  return tally.failed > 0 || tally.testsRun === 0 ? 1 : 0
}

/** Only the long forms, however long they take. */
const testLong = async (tally, filters) => {
  const node = await prepare()
  const files = testFiles(filters).filter(hasLongForm)
  if (files.length === 0) throw new Stop(`No long test matches ${filters.join(' ')}`)
  if ((await webBuild(node, tally)) === 'failed' || interruptedBy()) return
  const postgres = await tally.timed('PostgreSQL', () => startPostgres(node, tally))
  try {
    await runLongForms(node, tally, { files, env: postgres.env })
  } finally {
    await postgres.stop()
  }
}

export const runTest = (args) => finish(testEverything, args)
export const runTestLong = (args) => finish(testLong, args)
export const runCheck = (args) => finish(checkQuickly, args)
