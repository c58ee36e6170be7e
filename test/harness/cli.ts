import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { runProgram } from '#cli/program.ts'
import { secretFrom } from '#cli/terminal.ts'

const root = join(import.meta.dirname, '..', '..')

export type Said = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Standard output as the one JSON document it has to be. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever was printed
  readonly json: () => any
}

export type Where = {
  readonly dataDir: string
  readonly settings?: Readonly<Record<string, string>>
  /** Folder it is started in. */
  readonly folder?: string
  /** What it reads on standard input. */
  readonly input?: string
}

export type WhereAlone = Where & {
  /** What is started instead of `src/cli.ts`. */
  readonly program?: string
}

/** What the developer's shell sets must not decide how a test ends. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(LATCHKEY_|PORT$|HOST$|INIT_CWD$|npm_|NODE_TEST_CONTEXT$)/.test(name),
    ),
  )

const environmentOf = ({ dataDir, settings }: Where): NodeJS.ProcessEnv => ({
  ...inherited(),
  LATCHKEY_DATA_DIR: dataDir,
  ...settings,
})

const saidOf = (code: number | null, stdout: string, stderr: string): Said => ({
  ...{ code, stdout, stderr },
  json: () => JSON.parse(stdout),
})

/**
 * `latchkey <words>` in the test's own process, as `src/cli.ts` runs it: starting a process for it costs twenty times
 * what the command does. It shares the thread with the test: what has to run at the same moment as the test, or as
 * another command, needs `latchkeyAlone`.
 */
export const latchkey = async (where: Where, ...words: readonly string[]): Promise<Said> => {
  // The server takes the whole process: it reads its environment and ends it.
  const isServer = words[0] === 'start' && !words.includes('--help')
  assert.ok(!isServer, 'the server is started with latchkeyAlone')
  const [out, err]: [string[], string[]] = [[], []]
  const env = environmentOf(where)
  const folder = where.folder ?? root
  const code = await runProgram(words, {
    ...{ env, folder },
    from: env.INIT_CWD ?? folder,
    account: process.getuid?.() ?? null,
    print: (line) => out.push(`${line}\n`),
    note: (line) => err.push(`${line}\n`),
    readSecret: async () => secretFrom(where.input ?? ''),
  })
  return saidOf(code, out.join(''), err.join(''))
}

/** `latchkey <words>` as a process of its own, through what an operator starts. */
export const latchkeyAlone = (where: WhereAlone, ...words: readonly string[]): Promise<Said> =>
  new Promise((resolve, reject) => {
    const program = where.program ?? join('src', 'cli.ts')
    const child = spawn(process.execPath, [join(root, program), ...words], {
      cwd: where.folder ?? root,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        NODE_COMPILE_CACHE: join(root, '.cache', 'compile'),
        ...environmentOf(where),
      },
    })
    child.stdin.on('error', () => undefined).end(where.input ?? '')
    const [out, err]: [string[], string[]] = [[], []]
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text))
    child.once('error', reject)
    child.once('close', (code) => resolve(saidOf(code, out.join(''), err.join(''))))
  })

/** Folders that go away with the test file. */
export const folders = (): (() => string) => {
  const base = mkdtempSync(join(tmpdir(), 'latchkey-cli-'))
  after(() => rmSync(base, { recursive: true, force: true }))
  return () => mkdtempSync(join(base, 'f-'))
}
