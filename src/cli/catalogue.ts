import type { CommandSpec } from '@latchkey/kit'
import type { Product } from '#product'
import { auditVerify } from './commands/audit.ts'
import { backup } from './commands/backup.ts'
import { doctor } from './commands/doctor.ts'
import { rotateKeys } from './commands/keys.ts'
import { migrateDatabase } from './commands/migrate.ts'
import { restore } from './commands/restore.ts'
import { start } from './commands/start.ts'
import { withInstallation } from './installation.ts'
import type { OwnCommand } from './terminal.ts'

const ofModule = (command: CommandSpec): OwnCommand => ({
  ...command,
  run: (terminal, input) => withInstallation(terminal, (ctx) => command.run(ctx, input)),
})

const own = [start, migrateDatabase, backup, restore, rotateKeys, auditVerify, doctor]

/** Every command there is: the program's own, and what the modules add. By their first word. */
export const commandsOf = ({ commands }: Product): readonly OwnCommand[] =>
  [...own, ...commands.map(ofModule)].sort((a, b) => a.name.localeCompare(b.name))
