import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { prepareDataDir, type Settings } from '#open'
import { type Gap, gapByAnchor } from '#platform/backup/gap.ts'
import { stampName } from '#platform/backup/make.ts'
import {
  databaseName,
  type Manifest,
  readManifest,
  requireFits,
} from '#platform/backup/manifest.ts'
import { type Revived, reviveCopy } from '#platform/backup/revive.ts'
import { iso } from '#platform/clock/moment.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { syncToDisk } from '#platform/db/disk.ts'
import { terminalLog } from '../installation.ts'
import { chooseKeys, putKeysInPlace } from '../restore-keys.ts'
import { openTarget, type Target } from '../restore-target.ts'
import { ownCommand, type Terminal } from '../terminal.ts'
import { Head } from './audit.ts'

const Input = z.object({
  backup: z.string().min(1),
  keys: z.string().min(1).optional(),
  replace: z.boolean().default(false),
  check: z.boolean().default(false),
  anchor: Head.optional(),
  acceptTrailFaults: z.boolean().default(false),
})
type Input = z.output<typeof Input>

type Work = {
  readonly terminal: Terminal
  readonly input: Input
  readonly settings: Settings
  readonly folder: string
  readonly manifest: Manifest
}

type Outcome = {
  readonly revived: Revived
  readonly gap: Gap | null
  readonly lostEntries: number | null
  readonly aside: string | null
}

type Known = Pick<Outcome, 'gap' | 'lostEntries'>

const revive = async (work: Work, path: string, { gap, lostEntries }: Known): Promise<Revived> => {
  const { terminal, input, settings, manifest } = work
  const { migrations, modules, registry } = terminal.product
  const { keys } = chooseKeys(work)
  const parts = {
    ...{ keys, config: settings.config, log: terminalLog(terminal), now: Date.now },
    catalogue: registry.catalogue,
    random: createRandom(Date.now),
  }
  return reviveCopy(path, parts, {
    ...{ manifest, migrations, modules, lostEntries },
    lost: { targets: (code) => gap?.targets.get(code) ?? [] },
    anchor: input.anchor ?? null,
    acceptsTrailFaults: input.acceptTrailFaults ? 'yes' : 'no',
  })
}

/** The copy is checked, not only its source: an attacker who can write to the backup folder could exchange it in between. */
const copyInto = async (work: Work, folder: string): Promise<string> => {
  const path = join(folder, databaseName)
  copyFileSync(join(work.folder, databaseName), path)
  await requireFits(folder, work.manifest, chooseKeys(work).keys)
  return path
}

/** All but putting it in place, in a folder that goes away again. */
const tryOut = async (work: Work): Promise<Outcome> => {
  const lostEntries = gapByAnchor(work.manifest, work.input.anchor ?? null)
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-check-'))
  try {
    const path = await copyInto(work, folder)
    const known: Known = { gap: null, lostEntries }
    return { revived: await revive(work, path, known), ...known, aside: null }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const bringBack = async (work: Work, target: Target): Promise<Outcome> => {
  const { settings, manifest, input } = work
  const stamp = stampName(Date.now())
  const gap = await target.look(manifest, input.replace ? 'replace' : 'fill')
  const lostEntries = gap?.lostEntries ?? gapByAnchor(manifest, input.anchor ?? null)
  // In the data folder: only within one file system is a rename one step.
  const draft = mkdtempSync(join(settings.dataDir, `restoring-${stamp}-`))
  try {
    const path = await copyInto(work, draft)
    const revived = await revive(work, path, { gap, lostEntries })
    syncToDisk(path)
    const takeKeysBack = putKeysInPlace(work, stamp)
    try {
      return { revived, gap, lostEntries, aside: await target.place(path, stamp) }
    } catch (error) {
      takeKeysBack()
      throw error
    }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

const gapText = ({ gap, lostEntries }: Outcome): string[] => {
  if (lostEntries === null) return []
  if (lostEntries === 0) return ['Nothing was written to the audit trail after the backup.']
  const kinds = Object.entries(gap?.byCode ?? {}).map(([code, count]) => `  ${count} × ${code}`)
  return [
    `${lostEntries} entries were written to the audit trail after the backup and are not in it.`,
    ...(kinds.length > 0
      ? ['What they tell of did not happen as far as this database knows:']
      : []),
    ...kinds,
  ]
}

/** `pendingSignIns` → `pending sign ins`. */
const words = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const textOf = ({ folder, manifest, input }: Work, outcome: Outcome): string[] => {
  const { revived, aside } = outcome
  const ended = Object.entries(revived.ended)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${words(what)}`)
  return [
    input.check
      ? `${folder}, made ${manifest.createdAt}, can be restored. Nothing was changed.`
      : `Restored ${folder}, made ${manifest.createdAt}.`,
    ...(aside ? [`What was there before is kept as ${aside}. Delete it when you are sure.`] : []),
    `Audit trail: ${revived.entries} entries, ${revived.trailFaults.length} faults.`,
    ...gapText(outcome),
    `Ended, so that it is not used a second time: ${ended.join(', ') || 'nothing was open'}.`,
    ...(input.check
      ? []
      : [
          'Passwords, second factors, recovery codes, roles and keys are as they were at the time of the backup. Everybody signs in again; open invitations and links have to be sent anew. Start the server now.',
        ]),
  ]
}

/** As everything else under --json: our names, and moments that can be read. */
const shownEntry = ({ seq, at, code, user_id: userId, target }: Gap['entries'][number]) => ({
  ...{ seq, at: iso(at), code, userId, target },
})

const run = async (terminal: Terminal, input: Input) => {
  const settings = terminal.product.readSettings(terminal)
  const folder = resolve(terminal.from, input.backup)
  const work: Work = { terminal, input, settings, folder, manifest: readManifest(folder) }
  await requireFits(folder, work.manifest, chooseKeys(work).keys)
  if (!input.check) prepareDataDir(settings.dataDir)
  const target = input.check ? null : await openTarget(terminal, settings)
  try {
    const outcome = target ? await bringBack(work, target) : await tryOut(work)
    const { revived, gap, lostEntries, aside } = outcome
    return {
      data: {
        ...{ folder, createdAt: work.manifest.createdAt, checkedOnly: input.check, aside },
        ...revived,
        gap: {
          ...{ lostEntries, byCode: gap?.byCode ?? null },
          entries: gap?.entries.map(shownEntry) ?? null,
        },
      },
      text: textOf(work, outcome),
    }
  } finally {
    await target?.close()
  }
}

export const restore = ownCommand({
  name: 'restore',
  summary: 'Bring a backup back, without bringing back what was ended since',
  about: [
    'Checks that the backup is whole, unchanged and fits the key file, works on a copy of it, and only then puts it in place in one step. Until that step, and if anything goes wrong, everything stays as it was.',
    'All sessions end; one-time links, sign-ins under way, passkey challenges and recoveries are void; codes of authenticator apps work only from now on; mails and other work that waited in the backup are held and not done a second time. The audit trail is checked, the restore is written into it, and what happened after the backup is listed where the replaced database still knows it.',
    'It refuses while a server runs on the database, and where there is one already: with --replace the old one is moved aside under another name. Nothing is ever deleted. A backup of the embedded database can be restored to a server and the other way round, which is also how to move.',
  ],
  arguments: [{ name: 'backup', summary: 'Folder that latchkey backup made.' }],
  options: {
    keys: {
      summary: 'Key file of the backup, where keys.json is not in the data folder.',
      value: 'file',
    },
    replace: { summary: 'Move what is there aside.' },
    check: { summary: 'Do everything but put it in place: a drill that changes nothing.' },
    anchor: {
      summary: 'Newest audit entry noted elsewhere; says how much is missing.',
      value: 'entry:hash',
    },
    'accept-trail-faults': { summary: 'Go on although the audit trail in the backup was changed.' },
  },
  examples: [
    'restore /var/backups/latchkey/latchkey-20261123T031500Z --check',
    'restore /mnt/usb/latchkey-20261123T031500Z --keys /mnt/safe/keys.json',
    'restore ./latchkey-20261123T031500Z --replace --json',
  ],
  input: Input,
  run,
})
