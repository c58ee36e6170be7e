import type { Context, Db, LostActs, Migrations, ModuleSpec, System } from '@latchkey/kit'
import { createContext, type Services, systemActor } from '../context.ts'
import { listClosedDataKeys } from '../crypto/envelope.ts'
import { openCopy } from '../db/copy-rows.ts'
import { fileFaults, settleFile } from '../db/health.ts'
import { migrate } from '../db/migrate.ts'
import { type TrailFault, type TrailHead, verifyTrail } from '../events/verify-trail.ts'
import { voidAllOneTimeTokens } from '../identity/one-time-token.ts'
import { letterKind } from '../mail/letters.ts'
import { holdWork } from '../work/follow.ts'
import { restored } from './events.ts'
import { BackupProblem, type Manifest } from './manifest.ts'

type Reviving = {
  readonly manifest: Manifest
  readonly migrations: Migrations
  readonly modules: readonly Pick<ModuleSpec, 'name' | 'afterRestore'>[]
  /** Newest entry noted off the machine, if the operator has one. */
  readonly anchor: TrailHead | null
  /** Entries the replaced database had beyond the backup; null when unknown. */
  readonly lostEntries: number | null
  readonly lost: LostActs
  /** Goes on although the trail was changed before the backup was made. */
  readonly acceptsTrailFaults: 'yes' | 'no'
}

export type Revived = {
  readonly entries: number
  readonly trailFaults: readonly TrailFault[]
  readonly ended: Readonly<Record<string, number>>
  readonly migrationsRun: readonly string[]
}

const checkTrail = async (
  services: Services,
  { manifest, anchor, acceptsTrailFaults }: Reviving,
): Promise<Pick<Revived, 'entries' | 'trailFaults'>> => {
  const head = manifest.audit ?? undefined
  const { entries, faults } = await verifyTrail(services, head)
  // An anchor from after the backup is no fault: it says how much is missing, and that is reported as a gap.
  const noted =
    anchor && anchor.seq <= entries ? await verifyTrail(services, anchor) : { faults: [] }
  const more = noted.faults.filter((one) => one.fault === 'differs from the noted head')
  const trailFaults = [...faults, ...more]
  if (trailFaults.length > 0 && acceptsTrailFaults === 'no')
    throw new BackupProblem(
      `The audit trail in the backup was changed: ${trailFaults.length} faults, the first at entry ${trailFaults[0]?.seq} (${trailFaults[0]?.fault}). Take an older backup, or go on with --accept-trail-faults.`,
    )
  return { entries, trailFaults }
}

/** Ends what must not live a second time: the platform's own first, then what each module says. */
const endOld = async (
  ctx: Context<System>,
  { modules, lost }: Reviving,
): Promise<Record<string, number>> => {
  const ended: Record<string, number> = {
    oneTimeLinks: await voidAllOneTimeTokens(ctx),
    waitingMails: await holdWork(ctx, letterKind.name),
    waitingWork: await holdWork(ctx),
  }
  for (const module of modules)
    for (const [what, count] of Object.entries((await module.afterRestore?.(ctx, lost)) ?? {}))
      ended[what] = (ended[what] ?? 0) + count
  return ended
}

const requireSound = async (db: Db, services: Services): Promise<void> => {
  const closed = await listClosedDataKeys(db, services.keys)
  if (closed.length > 0)
    throw new BackupProblem(`The key file cannot open what is sealed in the backup: ${closed[0]}.`)
}

/**
 * Turns the copy of a backup at `path` into a database that may go on line: brought up to date, its trail checked,
 * everything ended that must not live again, and all that written into the trail.
 */
export const reviveCopy = async (
  path: string,
  parts: Omit<Services, 'db' | 'wakeWork'>,
  reviving: Reviving,
): Promise<Revived> => {
  const faults = fileFaults(path)
  if (faults.length > 0) throw new BackupProblem(`The backup is damaged: ${faults[0]}`)
  const db = openCopy(path)
  const services: Services = { ...parts, db, wakeWork: () => undefined }
  try {
    const { applied } = await migrate(db, reviving.migrations, null)
    await requireSound(db, services)
    const checked = await checkTrail(services, reviving)
    const ctx = createContext(services, systemActor('cli restore'))
    const ended = await ctx.transaction(async (ctx) => {
      const ended = await endOld(ctx, reviving)
      await ctx.announce(
        restored,
        {
          backupFrom: reviving.manifest.createdAt,
          entry: reviving.manifest.audit?.seq ?? 0,
          lostEntries: reviving.lostEntries,
          ended,
        },
        { userId: null },
      )
      return ended
    })
    return { ...checked, ended, migrationsRun: applied }
  } finally {
    await db.destroy()
    settleFile(path)
  }
}
