import { z } from 'zod'
import type { Settings } from '#open'
import { createContext, systemActor } from '#platform/context.ts'
import type { KeyRing } from '#platform/crypto/key-file.ts'
import { lookAtAddress, lookAtForwarding, lookAtModules, lookAtServer } from '../doctor/address.ts'
import {
  lookAtBelonging,
  lookAtClock,
  lookAtDatabase,
  lookAtMigrations,
} from '../doctor/database.ts'
import { about, type Finding, looked } from '../doctor/finding.ts'
import { lookAtDisk, lookAtFolder, lookAtKeys } from '../doctor/folder.ts'
import { lookAtMail } from '../doctor/mail.ts'
import { lookAtLetters, lookAtWork } from '../doctor/work.ts'
import { servicesOf } from '../installation.ts'
import { ownCommand, type Terminal } from '../terminal.ts'

const lookAtSettings = (terminal: Terminal): { findings: Finding[]; settings: Settings | null } => {
  const say = about('settings')
  try {
    return {
      settings: terminal.product.readSettings(terminal),
      findings: [say.ok('All are known and usable.')],
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const advice = 'docs/reference/settings.md lists what there is.'
    return { settings: null, findings: text.split('\n').map((line) => say.problem(line, advice)) }
  }
}

type Db = NonNullable<Awaited<ReturnType<typeof lookAtDatabase>>['db']>

/** What needs tables of this version. */
const lookInside = async (
  terminal: Terminal,
  settings: Settings,
  { db, keys }: { readonly db: Db; readonly keys: KeyRing },
): Promise<readonly Finding[]> => {
  const ctx = createContext(
    servicesOf(terminal, { ...settings, db, keys }),
    systemActor('cli doctor'),
  )
  return [
    ...(await looked('keys and database', () => lookAtBelonging(db, keys))),
    ...(await looked('passkeys and address', () => lookAtModules(ctx, terminal.product.modules))),
    ...(await looked('proxies', () => lookAtForwarding(ctx))),
    ...(await looked('clock', () =>
      lookAtClock({ db, now: Date.now, migrations: terminal.product.migrations }),
    )),
    ...(await looked('outgoing mail', () => lookAtLetters(ctx))),
    ...(await looked('background work', () => lookAtWork(ctx))),
  ]
}

const lookAtData = async (terminal: Terminal, settings: Settings): Promise<readonly Finding[]> => {
  const { findings, keys } = lookAtKeys(settings)
  const opened = await lookAtDatabase(settings)
  if (!opened.db) return [...findings, ...opened.findings]
  const { db } = opened
  try {
    const migrations = await looked('migrations', () =>
      lookAtMigrations(db, terminal.product.migrations),
    )
    const fits = migrations.every((one) => one.state === 'ok')
    const inside = keys && fits ? await lookInside(terminal, settings, { db, keys }) : []
    return [...findings, ...opened.findings, ...migrations, ...inside]
  } finally {
    await db.destroy()
  }
}

const examine = async (
  terminal: Terminal,
  sendTo: string | undefined,
): Promise<readonly Finding[]> => {
  const { settings, findings } = lookAtSettings(terminal)
  if (!settings) return findings
  return [
    ...findings,
    ...(await looked('data folder', () => lookAtFolder(settings, terminal.account))),
    ...(await looked('disk', () => lookAtDisk(settings))),
    ...(await lookAtData(terminal, settings)),
    ...(await looked('public address', () => lookAtAddress(settings))),
    ...(await looked('server', () => lookAtServer(settings))),
    ...(await looked('mail', () => lookAtMail(terminal, settings, sendTo))),
  ]
}

const marks = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' } as const

const linesOf = ({ check, state, message, advice }: Finding): string[] => [
  `${marks[state]} ${check}: ${message}`,
  ...(advice ? [`          → ${advice}`] : []),
]

export const doctor = ownCommand({
  name: 'doctor',
  summary: 'Look whether the installation is well, and say what to do where it is not',
  about: [
    'Looks at the settings, the data folder and its rights, room on the disk, the key file, the database (reachable, sound, up to date, made with these keys), the clock, the public address and whether stored passkeys fit it, the server, mails that wait or were given up, other work behind the pages, and the way to the mail server: a real conversation that stops before a mail.',
    'It changes nothing and may run beside the server. With --send-to it sends one mail. It ends with 1 when there is a problem; warnings alone are no problem.',
  ],
  options: { 'send-to': { summary: 'Send a test mail there.', value: 'address' } },
  examples: ['doctor', 'doctor --send-to you@example.com', 'doctor --json'],
  input: z.object({ sendTo: z.email().max(254).optional() }),
  run: async (terminal, { sendTo }) => {
    const findings = await examine(terminal, sendTo)
    const count = (state: Finding['state']): number =>
      findings.filter((one) => one.state === state).length
    const [problems, warnings] = [count('problem'), count('warning')]
    return {
      data: { findings, problems, warnings },
      text: [...findings.flatMap(linesOf), '', `${problems} problems, ${warnings} warnings.`],
      hasProblem: problems > 0,
    }
  },
})
