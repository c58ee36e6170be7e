import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Load } from './load.ts'

const root = join(import.meta.dirname, '..')
const startMillisMax = 20_000

export type Subject = {
  readonly port: number
  /** From being started to the first answer. */
  readonly startMillis: number
  /** Memory held, in bytes. */
  readonly residentBytes: () => number
  readonly stop: () => Promise<void>
}

export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

const answers = async (url: string): Promise<boolean> => {
  try {
    await (await fetch(url)).arrayBuffer()
    return true
  } catch {
    return false
  }
}

const residentBytes = (child: ChildProcess): number => {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

/** Settings of the developer's shell must not decide the figures. */
const cleanEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(LATCHKEY_|HOST$|PORT$|NODE_OPTIONS$)/.test(name),
    ),
  )

type Start = {
  readonly script: string
  readonly port: number
  readonly env?: Readonly<Record<string, string>>
  /** What it prints goes here. */
  readonly output: string
  /** Asked until it answers anything at all. */
  readonly probe?: string
}

/** Starts a server as a child process and waits for its first answer. */
export const startSubject = async ({
  script,
  port,
  env,
  output,
  probe = '/',
}: Start): Promise<Subject> => {
  const file = openSync(output, 'a')
  const since = performance.now()
  const child = spawn(process.execPath, [script], {
    cwd: root,
    stdio: ['ignore', file, file],
    env: { ...cleanEnv(), NODE_ENV: 'production', PORT: String(port), ...env },
  })
  const ended = once(child, 'exit')
  const deadline = since + startMillisMax
  while (!(await answers(`http://127.0.0.1:${port}${probe}`))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${script} did not start:\n${readFileSync(output, 'utf8').slice(-2000)}`)
    await sleep(2)
  }
  return {
    port,
    startMillis: performance.now() - since,
    residentBytes: () => residentBytes(child),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

const run = promisify(execFile)

/** Runs a script that prints one number. */
const number = async (script: string, argument: string): Promise<number> => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, script), argument])
  return Number(stdout)
}

export const answersPerSecond = (load: Load): Promise<number> =>
  number('load.ts', JSON.stringify(load))
export const hashesPerSecond = (seconds: number): Promise<number> =>
  number('subjects/hash.ts', String(seconds))
export const signaturesPerSecond = (seconds: number): Promise<number> =>
  number('subjects/signature.ts', String(seconds))
