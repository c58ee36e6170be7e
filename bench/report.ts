import { availableParallelism, totalmem } from 'node:os'
import type { Carrier, Size, Verified } from './verifying.ts'

/** Everything measured, round by round; what is shown are medians. */
export type Figures = {
  readonly me: Record<'bare' | 'floor' | 'latchkey' | 'betterAuth', readonly number[]>
  readonly signIn: Record<
    'hash' | 'signature' | 'password' | 'app' | 'recoveryCode' | 'passkey',
    readonly number[]
  >
  readonly verify: Verified
  readonly startMillis: readonly number[]
  readonly freshBytes: number
  readonly idleBytes: number
}

export type Verdict = {
  readonly figure: string
  readonly value: string
  /** Absent: shown for comparison, nothing is promised of it. */
  readonly target?: string
  readonly met?: boolean
}

const targets = { ofFloor: 0.5, timesPeer: 8, ofHash: 0.9, idleMb: 130, startMillis: 1500 } as const
const verifyTargets = { ofFloor: 0.75, timesPeer: 12, largeCosts: 1.15 } as const

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

const perSecond = (values: readonly number[], digits = 0): string =>
  `${median(values).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}/s`
const megabytes = (bytes: number): number => bytes / 1e6

/** Ratios of the same round, then their median: both halves saw the same machine. */
const ratio = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))

const atLeast = (figure: string, value: number, target: number): Verdict => ({
  figure,
  value: value.toFixed(2),
  target: `≥ ${target}`,
  met: value >= target,
})

const judgeVerify = (verify: Verified, carrier: Carrier, peer: number): readonly Verdict[] => {
  const by = { cookies: 'cookie', tokens: 'token' }[carrier]
  const at = (size: Size) => verify[size][carrier]
  const costs = ratio(at('small').latchkey, at('large').latchkey)
  return [
    {
      figure: `Latchkey, GET /api/v1/verify by ${by}, among a thousand`,
      value: perSecond(at('small').latchkey),
    },
    {
      figure: '… among a million',
      value: perSecond(at('large').latchkey),
    },
    atLeast(
      '… as a part of the floor, among a thousand',
      ratio(at('small').latchkey, at('small').floor),
      verifyTargets.ofFloor,
    ),
    atLeast(
      '… as a part of the floor, among a million',
      ratio(at('large').latchkey, at('large').floor),
      verifyTargets.ofFloor,
    ),
    atLeast('… in times Better Auth', median(at('small').latchkey) / peer, verifyTargets.timesPeer),
    {
      figure: '… what the large table costs, in times the small one',
      value: costs.toFixed(2),
      target: `≤ ${verifyTargets.largeCosts}`,
      met: costs <= verifyTargets.largeCosts,
    },
  ]
}

export const judge = ({
  me,
  signIn,
  verify,
  startMillis,
  freshBytes,
  idleBytes,
}: Figures): readonly Verdict[] => {
  const ofFloor = ratio(me.latchkey, me.floor)
  const timesPeer = ratio(me.latchkey, me.betterAuth)
  const ofHash = ratio(signIn.password, signIn.hash)
  const idle = megabytes(idleBytes)
  const start = median(startMillis)
  return [
    { figure: 'a bare node:http server', value: perSecond(me.bare) },
    { figure: 'the floor: token hash, one read, JSON', value: perSecond(me.floor) },
    { figure: 'Better Auth 1.7.25, get-session', value: perSecond(me.betterAuth) },
    { figure: 'Latchkey, GET /api/v1/account/me', value: perSecond(me.latchkey) },
    {
      figure: '… as a part of the bare server',
      value: ratio(me.latchkey, me.bare).toFixed(2),
    },
    {
      figure: '… as a part of the floor',
      value: ofFloor.toFixed(2),
      target: `≥ ${targets.ofFloor}`,
      met: ofFloor >= targets.ofFloor,
    },
    {
      figure: '… in times Better Auth',
      value: timesPeer.toFixed(1),
      target: `≥ ${targets.timesPeer}`,
      met: timesPeer >= targets.timesPeer,
    },
    ...judgeVerify(verify, 'cookies', median(me.betterAuth)),
    ...judgeVerify(verify, 'tokens', median(me.betterAuth)),
    { figure: 'the bare password hash', value: perSecond(signIn.hash, 1) },
    { figure: 'Latchkey, signing in with the password', value: perSecond(signIn.password, 1) },
    {
      figure: '… as a part of the hash',
      value: ofHash.toFixed(2),
      target: `≥ ${targets.ofHash}`,
      met: ofHash >= targets.ofHash,
    },
    { figure: '… and an authenticator app', value: perSecond(signIn.app, 1) },
    { figure: '… and a recovery code: two hashes', value: perSecond(signIn.recoveryCode, 1) },
    { figure: 'the bare check of a signature, on one core', value: perSecond(signIn.signature) },
    { figure: 'Latchkey, signing in with a passkey', value: perSecond(signIn.passkey) },
    { figure: 'memory right after the start', value: `${megabytes(freshBytes).toFixed(0)} MB` },
    {
      figure: 'memory after 10 idle seconds',
      value: `${idle.toFixed(0)} MB`,
      target: `≤ ${targets.idleMb} MB`,
      met: idle <= targets.idleMb,
    },
    {
      figure: 'start to first answer',
      value: `${(start / 1000).toFixed(2)} s`,
      target: `≤ ${targets.startMillis / 1000} s`,
      met: start <= targets.startMillis,
    },
  ]
}

const word = ({ met }: Verdict): string => (met === undefined ? '' : met ? 'met' : 'missed')

export const table = (verdicts: readonly Verdict[]): string => {
  const rows = [
    ['', 'median', 'target', ''],
    ...verdicts.map((verdict) => [
      verdict.figure,
      verdict.value,
      verdict.target ?? '',
      word(verdict),
    ]),
  ]
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const families: Readonly<Record<string, string>> = {
  linux: 'Linux',
  darwin: 'macOS',
  win32: 'Windows',
}

const rounds = (values: readonly number[], digits = 0): string =>
  values.map((value) => value.toFixed(digits)).join(', ')

export const markdown = (figures: Figures, verdicts: readonly Verdict[]): string => `# Figures

Written by \`npm run bench\`; do not edit. One run on one machine, everything over its loopback: the load and the
server share its cores, so compare the ratios, not the absolute figures.

Machine: ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${families[process.platform] ?? process.platform}, Node ${process.versions.node}.

| | median | target | |
|---|---:|---|---|
${verdicts.map((verdict) => `| ${verdict.figure} | ${verdict.value} | ${verdict.target ?? ''} | ${word(verdict)} |`).join('\n')}

Round by round, per second:

| | |
|---|---|
| bare | ${rounds(figures.me.bare)} |
| floor | ${rounds(figures.me.floor)} |
| Latchkey | ${rounds(figures.me.latchkey)} |
| Better Auth | ${rounds(figures.me.betterAuth)} |
${(['cookies', 'tokens'] as const)
  .flatMap((carrier) =>
    (['small', 'large'] as const).flatMap((size) =>
      (['floor', 'latchkey'] as const).map(
        (who) =>
          `| verify, ${size} table, ${carrier}: ${who} | ${rounds(figures.verify[size][carrier][who])} |`,
      ),
    ),
  )
  .join('\n')}
| password hash | ${rounds(figures.signIn.hash, 1)} |
| signing in, password | ${rounds(figures.signIn.password, 1)} |
| … and authenticator app | ${rounds(figures.signIn.app, 1)} |
| … and recovery code | ${rounds(figures.signIn.recoveryCode, 1)} |
| check of a signature | ${rounds(figures.signIn.signature)} |
| signing in, passkey | ${rounds(figures.signIn.passkey)} |

What is compared, and how: the head of each file in \`bench/subjects/\`. Both Latchkey and Better Auth run on
\`node:sqlite\` with a write-ahead log and full synchronisation, look the session up on every request, and have
their limits on requests per address raised or switched off. The floor reads each row in a statement of its own;
Latchkey lets requests that arrive together share the state they read (decision 0027), which is how it can pass it.
`
