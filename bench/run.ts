import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Latchkey, setUpLatchkey, startLatchkey } from './latchkey.ts'
import {
  answersPerSecond,
  freePort,
  hashesPerSecond,
  type Subject,
  signaturesPerSecond,
  startSubject,
} from './processes.ts'
import { type Figures, judge, markdown, table } from './report.ts'
import {
  appCodesPerSecond,
  passkeysPerSecond,
  passwordsPerSecond,
  recoveryCodesPerSecond,
  type Signers,
  setUpSigners,
} from './signing-in.ts'
import { measureVerify } from './verifying.ts'

const rounds = 5
const secondsPerRound = 3
const warmUpSeconds = 2
const connections = 32
const signInRounds = 3
const signInSeconds = 3
const signatureSeconds = 1
/** A server that has just started compiles what it runs; the hash beside it has nothing to compile. */
const signInWarmUpSeconds = 6
const startRounds = 5
const idleSeconds = 10

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

type Asked = {
  readonly name: keyof Figures['me']
  readonly subject: Subject
  readonly path: string
  readonly cookie: string
}

const folderIn = (work: string, name: string): string => mkdtempSync(join(work, `${name}-`))

/** Asks Better Auth for an account and returns the cookie it hands out. */
const signUpAtPeer = async (port: number): Promise<string> => {
  const origin = `http://localhost:${port}`
  const answer = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({
      email: 'ada@example.com',
      password: 'violet-kettle-93-harbour',
      name: 'Ada',
    }),
  })
  if (!answer.ok) throw new Error(`Better Auth refused: ${answer.status} ${await answer.text()}`)
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
}

const startAll = async (work: string, latchkey: Latchkey): Promise<readonly Asked[]> => {
  const output = join(work, 'subjects.log')
  const start = async (script: string, env: Record<string, string> = {}): Promise<Subject> =>
    startSubject({ script: `bench/subjects/${script}`, port: await freePort(), output, env })
  const bare = await start('bare.ts')
  const floor = await start('floor.ts', {
    BENCH_DATABASE: join(latchkey.dataDir, 'latchkey.db'),
    BENCH_PERMISSIONS: JSON.stringify(latchkey.permissions),
  })
  const peer = await start('better-auth.mjs', {
    BENCH_DATABASE: join(folderIn(work, 'peer'), 'auth.db'),
  })
  const { cookie } = latchkey
  return [
    { name: 'bare', subject: bare, path: '/', cookie },
    { name: 'floor', subject: floor, path: '/', cookie },
    { name: 'latchkey', subject: latchkey, path: '/api/v1/account/me', cookie },
    {
      name: 'betterAuth',
      subject: peer,
      path: '/api/auth/get-session',
      cookie: await signUpAtPeer(peer.port),
    },
  ]
}

/** Round by round, each subject in turn: what disturbs the machine for a while disturbs all of them. */
const measureMe = async (asked: readonly Asked[]): Promise<Figures['me']> => {
  const found: Record<keyof Figures['me'], number[]> = {
    bare: [],
    floor: [],
    latchkey: [],
    betterAuth: [],
  }
  const ask = ({ subject, path, cookie }: Asked, seconds: number): Promise<number> =>
    answersPerSecond({
      port: subject.port,
      path,
      credential: `cookie: ${cookie}`,
      connections,
      seconds,
    })
  for (const one of asked) await ask(one, warmUpSeconds)
  for (let round = 1; round <= rounds; round++) {
    for (const one of asked) found[one.name].push(await ask(one, secondsPerRound))
    say(
      `  round ${round} of ${rounds}: ${asked.map((one) => `${one.name} ${Math.round(found[one.name].at(-1) ?? 0)}/s`).join(', ')}`,
    )
  }
  return found
}

const measureSignIn = async (latchkey: Latchkey, signers: Signers): Promise<Figures['signIn']> => {
  const found: Record<keyof Figures['signIn'], number[]> = {
    hash: [],
    signature: [],
    password: [],
    app: [],
    recoveryCode: [],
    passkey: [],
  }
  await passwordsPerSecond(latchkey, signers, signInWarmUpSeconds)
  await passkeysPerSecond(latchkey, signers, signatureSeconds)
  for (let round = 1; round <= signInRounds; round++) {
    found.hash.push(await hashesPerSecond(signInSeconds))
    found.password.push(await passwordsPerSecond(latchkey, signers, signInSeconds))
    found.app.push(await appCodesPerSecond(latchkey, signers))
    found.recoveryCode.push(await recoveryCodesPerSecond(latchkey, signers))
    found.signature.push(await signaturesPerSecond(signatureSeconds))
    found.passkey.push(await passkeysPerSecond(latchkey, signers, signInSeconds))
  }
  return found
}

/** A second start of an installation that exists, on a checkout that has run before: what a restart costs. */
const measureStart = async (
  dataDir: string,
): Promise<Pick<Figures, 'startMillis' | 'idleBytes' | 'freshBytes'>> => {
  const startMillis: number[] = []
  for (let round = 0; round < startRounds; round++) {
    const subject = await startLatchkey(dataDir, await freePort())
    startMillis.push(subject.startMillis)
    await subject.stop()
  }
  const subject = await startLatchkey(dataDir, await freePort())
  const freshBytes = subject.residentBytes()
  await sleep(idleSeconds * 1000)
  const idleBytes = subject.residentBytes()
  await subject.stop()
  return { startMillis, freshBytes, idleBytes }
}

const measureAll = async (work: string): Promise<Figures> => {
  say('Setting up an installation through its API …')
  const latchkey = await setUpLatchkey(folderIn(work, 'latchkey'))
  const signers = await setUpSigners(latchkey, signInRounds)
  const asked = await startAll(work, latchkey)
  say(`Who is this? ${rounds} rounds of ${secondsPerRound} s each, ${connections} connections …`)
  const me = await measureMe(asked)
  for (const { subject } of asked) if (subject !== latchkey) await subject.stop()
  say(`Signing in with each method, ${signInRounds} rounds …`)
  const signIn = await measureSignIn(latchkey, signers)
  await latchkey.stop()
  const verify = await measureVerify(work, say)
  say('Starting, and resting …')
  return { me, signIn, verify, ...(await measureStart(latchkey.dataDir)) }
}

const work = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
try {
  const figures = await measureAll(work)
  const verdicts = judge(figures)
  say(`\n${table(verdicts)}\n`)
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), markdown(figures, verdicts))
  say('Written to bench/RESULTS.md')
  const missed = verdicts.filter((verdict) => verdict.met === false)
  if (missed.length > 0 && process.argv.includes('--check')) process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
