import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

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
  /** What is started instead of `src/cli.ts`. */
  readonly program?: string
  /** What it reads on standard input. */
  readonly input?: string
}

/** What the developer's shell sets must not decide how a test ends. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(LATCHKEY_|PORT$|HOST$|INIT_CWD$|npm_|NODE_TEST_CONTEXT$)/.test(name),
    ),
  )

/** `latchkey <words>` as a process of its own. */
export const latchkey = (where: Where, ...words: readonly string[]): Promise<Said> =>
  new Promise((resolve, reject) => {
    const program = where.program ?? join('src', 'cli.ts')
    const child = spawn(process.execPath, [join(root, program), ...words], {
      cwd: where.folder ?? root,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...inherited(),
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'compile'),
        LATCHKEY_DATA_DIR: where.dataDir,
        ...where.settings,
      },
    })
    child.stdin.on('error', () => undefined).end(where.input ?? '')
    const [out, err]: [string[], string[]] = [[], []]
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text))
    child.once('error', reject)
    child.once('close', (code) => {
      const stdout = out.join('')
      resolve({ code, stdout, stderr: err.join(''), json: () => JSON.parse(stdout) })
    })
  })

/** Folders that go away with the test file. */
export const folders = (): (() => string) => {
  const base = mkdtempSync(join(tmpdir(), 'latchkey-cli-'))
  after(() => rmSync(base, { recursive: true, force: true }))
  return () => mkdtempSync(join(base, 'f-'))
}
