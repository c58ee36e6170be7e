import type { CommandSpec, EventSpec, Migrations, ModuleSpec, SettingsGroup } from '@latchkey/kit'
import { type App, builtInModules, createApp, type Parts } from '#app'
import {
  type Installation,
  type Opening,
  openInstallation,
  readSettings,
  type Settings,
  type Surroundings,
} from '#open'
import { installationEvents } from '#platform/backup/events.ts'
import { platformSettings } from '#platform/config/core.ts'
import { migrations as cryptoMigrations } from '#platform/crypto/tables.ts'
import { collectMigrations } from '#platform/db/migrate.ts'
import { migrations as appendOnlyMigrations } from '#platform/events/append-only.ts'
import { migrations as eventMigrations } from '#platform/events/tables.ts'
import { migrations as tokenMigrations } from '#platform/identity/one-time-token.ts'
import { migrations as guessMigrations } from '#platform/identity/throttle.ts'
import { createMailTexts, type MailTexts } from '#platform/mail/mail-texts.ts'
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
]

/** All that a list of modules amounts to. Whoever needs a part of it is handed the product; there is no other list. */
export type Product = {
  readonly modules: readonly ModuleSpec[]
  /** What can be asked, and by whom. */
  readonly registry: Registry
  /** Everything that can be set, by whom it is declared. */
  readonly settingsGroups: readonly SettingsGroup[]
  readonly migrations: Migrations
  /** What the modules add to the program `latchkey`. */
  readonly commands: readonly CommandSpec[]
  /** What the installation as a whole tells of itself; `registry.catalogue.events` are the modules'. */
  readonly platformEvents: readonly EventSpec[]
  readonly mailTexts: () => MailTexts
  readonly readSettings: (where: Surroundings) => Settings
  /** For a command: see `open.ts`. The caller destroys `db`. */
  readonly openInstallation: (where: Surroundings, opening: Opening) => Promise<Installation>
  readonly createApp: (parts: Parts) => App
}

/** Contradictions between the modules stop it: a name that is there twice, a need that is not. */
export const createProduct = (modules: readonly ModuleSpec[]): Product => {
  const registry = buildRegistry(modules)
  const settingsGroups = [
    ...platformSettings,
    ...modules.flatMap((module) => module.settings ?? []),
  ]
  const migrations = collectMigrations([
    ...platformMigrations,
    ...modules.map((module) => module.migrations ?? {}),
  ])
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

/** The product as it comes, without what a configuration adds. */
export const createBuiltInProduct = (): Product => createProduct(builtInModules)
