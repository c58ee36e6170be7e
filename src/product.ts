import type { CommandSpec, EventSpec, Migrations, ModuleSpec, SettingsGroup } from '@latchkey/kit'
import { bindServer } from '@latchkey/kit/server'
import { type App, builtInModules, createApp, type Parts } from '#app'
import { kitServer } from '#kit-server'
import {
  type Installation,
  type Opening,
  openInstallation,
  readModuleList,
  readSettings,
  type Settings,
  type Surroundings,
} from '#open'
import { installationEvents } from '#platform/backup/events.ts'
import { platformSettings } from '#platform/config/core.ts'
import { ConfigProblem } from '#platform/config/load.ts'
import { migrations as cryptoMigrations } from '#platform/crypto/tables.ts'
import { collectMigrations, migrationsOf } from '#platform/db/migrate.ts'
import { migrations as appendOnlyMigrations } from '#platform/events/append-only.ts'
import { migrations as eventMigrations } from '#platform/events/tables.ts'
import { migrations as tokenMigrations } from '#platform/identity/one-time-token.ts'
import { migrations as guessMigrations } from '#platform/identity/throttle.ts'
import { migrations as jobMigrations } from '#platform/jobs/tables.ts'
import { createMailTexts, type MailTexts } from '#platform/mail/mail-texts.ts'
import { importModules, type OutsideModule } from '#platform/modules/import-modules.ts'
import { migrations as idempotencyMigrations } from '#platform/operations/idempotency-store.ts'
import { buildRegistry, type Registry } from '#platform/operations/registry.ts'
import { migrations as workMigrations } from '#platform/work/tables.ts'

const platformMigrations: readonly Migrations[] = [
  cryptoMigrations,
  tokenMigrations,
  guessMigrations,
  eventMigrations,
  appendOnlyMigrations,
  idempotencyMigrations,
  workMigrations,
  jobMigrations,
]

/** Everything derived from a list of modules. Code that needs a part of it is given the product; there is no other list. */
export type Product = {
  readonly modules: readonly ModuleSpec[]
  /** The operations, and who may call them. */
  readonly registry: Registry
  /** All settings, by the module that declares them. */
  readonly settingsGroups: readonly SettingsGroup[]
  readonly migrations: Migrations
  /** The commands that modules add to the program `latchkey`. */
  readonly commands: readonly CommandSpec[]
  /** Events of the installation itself; those of the modules are in `registry.catalogue.events`. */
  readonly platformEvents: readonly EventSpec[]
  readonly mailTexts: () => MailTexts
  readonly readSettings: (where: Surroundings) => Settings
  /** Opens an installation for a command (see `open.ts`). The caller destroys `db`. */
  readonly openInstallation: (where: Surroundings, opening: Opening) => Promise<Installation>
  readonly createApp: (parts: Parts) => App
}

/** Refuses a name given twice (a settings group, a command, an authentication method): one of the two would be hidden. */
const requireUnique = (modules: readonly ModuleSpec[]): void => {
  const names = {
    'settings group': [...platformSettings, ...modules.flatMap((one) => one.settings ?? [])].map(
      (group) => group.name,
    ),
    command: modules.flatMap((one) => one.commands ?? []).map((command) => command.name),
    'authentication method': modules.flatMap((one) => one.methods ?? []).map(({ id }) => id),
    job: modules.flatMap((one) => one.jobs ?? []).map((job) => job.name),
    page: modules.flatMap(({ pages = [], entrances = [] }) => [...pages, ...entrances]),
  }
  for (const [what, list] of Object.entries(names)) {
    const twice = list.find((name, index) => list.indexOf(name) !== index)
    if (twice !== undefined) throw new Error(`${what} "${twice}" is declared twice`)
  }
}

const ownMigrations = (module: ModuleSpec): Migrations => {
  const { name, migrations = {} } = module
  return builtInModules.includes(module) ? migrations : migrationsOf(name, migrations)
}

/** Throws when modules contradict each other: a name given twice, or a needed module that is missing. */
export const createProduct = (modules: readonly ModuleSpec[]): Product => {
  bindServer(kitServer)
  requireUnique(modules)
  const registry = buildRegistry(modules)
  const settingsGroups = [
    ...platformSettings,
    ...modules.flatMap((module) => module.settings ?? []),
  ]
  const migrations = collectMigrations([...platformMigrations, ...modules.map(ownMigrations)])
  const read = (where: Surroundings): Settings => readSettings(settingsGroups, where)
  return {
    modules,
    registry,
    settingsGroups,
    migrations,
    commands: modules.flatMap((module) => module.commands ?? []),
    platformEvents: Object.values(installationEvents),
    mailTexts: () => createMailTexts(modules),
    readSettings: read,
    openInstallation: (where, opening) =>
      openInstallation({ settings: read(where), migrations }, opening),
    createApp: (parts) => createApp(registry, parts),
  }
}

/** The product with the built-in modules only. */
export const createBuiltInProduct = (): Product => createProduct(builtInModules)

/** The product with the modules a configuration names, and the folders of those from outside. */
export type LoadedProduct = {
  readonly product: Product
  readonly outside: readonly OutsideModule[]
}

/** First of the two steps in which settings are read: finds out which modules there are. Throws ConfigProblem. */
export const loadProduct = async (where: Surroundings): Promise<LoadedProduct> => {
  const given = readModuleList(where)
  const outside = await importModules(given, { from: where.folder, builtIn: builtInModules })
  if (outside.length === 0) return { product: createBuiltInProduct(), outside }
  try {
    return {
      product: createProduct([...builtInModules, ...outside.map(({ module }) => module)]),
      outside,
    }
  } catch (error) {
    // Tests show that the built-in modules fit each other, so a module from outside causes the contradiction.
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigProblem([`modules: they do not fit the product: ${reason}.`])
  }
}
