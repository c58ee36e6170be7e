import { existsSync } from 'node:fs'
import type { Db, Migrations } from '@latchkey/kit'
import { openDatabase, type Settings } from '#open'
import { dayMs, iso } from '#platform/clock/moment.ts'
import { listClosedDataKeys } from '#platform/crypto/envelope.ts'
import { installationFact } from '#platform/crypto/installation.ts'
import type { KeyRing } from '#platform/crypto/key-file.ts'
import { databaseClock, fileFaults, listUnsafeSettings } from '#platform/db/health.ts'
import { migrationState, unknownMigrations } from '#platform/db/migrate.ts'
import { entriesAfter, trailHead } from '#platform/events/verify-trail.ts'
import { about, type Finding } from './finding.ts'

type Opened = { readonly findings: readonly Finding[]; readonly db: Db | null }

/** Opens it without making one, and walks through all of it where that can be done from here. */
export const lookAtDatabase = async (settings: Settings): Promise<Opened> => {
  const say = about('database')
  const { databaseFile } = settings
  const advice = 'Set LATCHKEY_DATA_DIR, restore a backup, or make one with latchkey migrate.'
  if (databaseFile && !existsSync(databaseFile))
    return { findings: [say.problem(`${databaseFile} does not exist.`, advice)], db: null }
  let db: Db
  try {
    db = await openDatabase(settings)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const [message = text, ...rest] = text.split(/(?<=\.) /)
    return { findings: [say.problem(message, rest.join(' '))], db: null }
  }
  const faults = databaseFile ? fileFaults(databaseFile) : []
  if (faults.length > 0) {
    const restore = 'Stop the server and restore a backup with latchkey restore.'
    return { findings: faults.map((fault) => say.problem(`Damaged: ${fault}`, restore)), db }
  }
  const unsafe = await listUnsafeSettings(db)
  const said = databaseFile
    ? say.ok(`${databaseFile} answers and is sound.`)
    : say.ok('The server answers.')
  const risks = unsafe.map((name) =>
    say.warning(
      `The server runs with ${name} = off.`,
      'Turn it on: a power cut could take back a change that was acknowledged, and revive a session that was ended.',
    ),
  )
  return { findings: [said, ...risks], db }
}

/** Null beside a problem when the tables are not those of this version. */
export const lookAtMigrations = async (
  db: Db,
  migrations: Migrations,
): Promise<readonly Finding[]> => {
  const say = about('migrations')
  const { pending, unknown, applied } = await migrationState(db, migrations)
  if (unknown.length > 0) {
    const { message, advice } = unknownMigrations(unknown)
    return [say.problem(`${message} (${unknown[0]})`, advice)]
  }
  if (pending.length > 0)
    return [
      say.problem(
        `${pending.length} migrations are missing, the first is ${pending[0]}.`,
        'Run latchkey migrate, or start the server: it does so by itself.',
      ),
    ]
  return [say.ok(`All ${applied.length} are there.`)]
}

/** Whether these keys are the ones the database was made with, and open what is sealed in it. */
export const lookAtBelonging = async (db: Db, keys: KeyRing): Promise<readonly Finding[]> => {
  const say = about('keys and database')
  const owner = await installationFact(db, 'key-file')
  const advice = 'Put back the keys.json this database was used with.'
  if (owner !== null && owner !== keys.fingerprint)
    return [say.problem('The key file does not belong to this database.', advice)]
  const closed = await listClosedDataKeys(db, keys)
  if (closed.length > 0)
    return [say.problem(`The key file cannot open ${closed.join(', ')}: it is too old.`, advice)]
  return [say.ok('They belong together.')]
}

const worrying = 5_000
const wrong = 30_000

/** No product is older than its newest migration; the name says when that was written, in UTC. */
const writtenAt = (migrations: Migrations): number => {
  const [, year, month, day] =
    /^(\d{4})(\d\d)(\d\d)/.exec(Object.keys(migrations).sort().at(-1) ?? '') ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day))
}

type Clocks = { readonly db: Db; readonly now: () => number; readonly migrations: Migrations }

const plausible = async ({ db, migrations }: Clocks, now: number): Promise<readonly Finding[]> => {
  const say = about('clock')
  const advice =
    'Set the clock, and keep it right with NTP: codes, locks and sessions depend on it.'
  const shown = iso(now)
  if (now < writtenAt(migrations) - dayMs)
    return [say.problem(`This machine says ${shown}, before this version was written.`, advice)]
  const head = await trailHead(db)
  const [newest] = head ? await entriesAfter(db, head.seq - 1, 1) : []
  if (newest && newest.at > now + wrong)
    return [
      say.problem(
        `This machine says ${shown}, but the newest audit entry is from ${iso(newest.at)}.`,
        advice,
      ),
    ]
  return [say.ok(`${shown} fits what the database remembers.`)]
}

/** Against the database's own clock where it has one, and against what cannot be. */
export const lookAtClock = async (clocks: Clocks): Promise<readonly Finding[]> => {
  const say = about('clock')
  const { db, now } = clocks
  const before = now()
  const theirs = await databaseClock(db)
  const after = now()
  if (theirs === null) return plausible(clocks, after)
  const apart = Math.round(Math.abs(theirs - (before + after) / 2))
  const message = `This machine and the database are ${(apart / 1000).toFixed(1)} s apart.`
  const advice = 'Set both with NTP: codes of authenticator apps live for 30 seconds.'
  if (apart > wrong) return [say.problem(message, advice)]
  if (apart > worrying) return [say.warning(message, advice)]
  return plausible(clocks, after)
}
