import type { Context, Log, System } from '@latchkey/kit'
import { migrations, modules } from '#app'
import { type Installation, openInstallation } from '#open'
import { createContext, type Ground, systemActor } from '#platform/context.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { buildRegistry } from '#platform/http/registry.ts'
import { createLog } from '#platform/log/log.ts'
import type { Desk } from './desk.ts'

/** What goes wrong underneath, on standard error: standard output belongs to the answer. */
export const deskLog = (desk: Desk): Log =>
  createLog('warn', { write: (line) => desk.note(line.trimEnd()) })

export const groundOf = (desk: Desk, { db, keys, config }: Installation): Ground => ({
  ...{ db, keys, config },
  catalogue: buildRegistry(modules).catalogue,
  log: deskLog(desk),
  now: Date.now,
  random: createRandom(Date.now),
  // The server looks for what others queued once a second.
  wakeDelivery: () => undefined,
})

/** Opens the installation for as long as `work` takes. `older`: also one that waits for `latchkey migrate`. */
export const withInstallation = async <T>(
  desk: Desk,
  work: (ctx: Context<System>, installation: Installation) => Promise<T>,
  accepts?: 'older',
): Promise<T> => {
  const installation = await openInstallation(desk, { log: deskLog(desk), migrations, accepts })
  try {
    return await work(createContext(groundOf(desk, installation), systemActor('cli')), installation)
  } finally {
    await installation.db.destroy()
  }
}
