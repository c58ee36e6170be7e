import type { Context, Log, System } from '@latchkey/kit'
import type { Installation } from '#open'
import { createContext, type Services, systemActor } from '#platform/context.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { createLog } from '#platform/log/log.ts'
import type { Terminal } from './terminal.ts'

/** What goes wrong underneath, on standard error: standard output belongs to the answer. */
export const terminalLog = (terminal: Terminal): Log =>
  createLog('warn', { write: (line) => terminal.note(line.trimEnd()) })

export const servicesOf = (terminal: Terminal, { db, keys, config }: Installation): Services => ({
  ...{ db, keys, config },
  catalogue: terminal.product.registry.catalogue,
  log: terminalLog(terminal),
  now: Date.now,
  random: createRandom(Date.now),
  // The server looks for what others queued once a second.
  wakeWork: () => undefined,
})

/** Opens the installation for as long as `work` takes. `older`: also one that waits for `latchkey migrate`. */
export const withInstallation = async <T>(
  terminal: Terminal,
  work: (ctx: Context<System>, installation: Installation) => Promise<T>,
  accepts?: 'older',
): Promise<T> => {
  const installation = await terminal.product.openInstallation(terminal, { accepts })
  try {
    return await work(
      createContext(servicesOf(terminal, installation), systemActor('cli')),
      installation,
    )
  } finally {
    await installation.db.destroy()
  }
}
