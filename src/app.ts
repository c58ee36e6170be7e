import { join } from 'node:path'
import type { Config, Db, Job, Keys, Log, ModuleSpec, Random } from '@latchkey/kit'
import accessTokens from '#modules/access-tokens/module.ts'
import account from '#modules/account/module.ts'
import activity from '#modules/activity/module.ts'
import apiKey from '#modules/api-key/module.ts'
import invitations from '#modules/invitations/module.ts'
import leakedKeys from '#modules/leaked-keys/module.ts'
import passkeys from '#modules/passkeys/module.ts'
import password from '#modules/password/module.ts'
import people from '#modules/people/module.ts'
import { organisationName } from '#modules/person/api.ts'
import person from '#modules/person/module.ts'
import recovery from '#modules/recovery/module.ts'
import recoveryCodes from '#modules/recovery-codes/module.ts'
import sessions from '#modules/sessions/module.ts'
import signIn from '#modules/sign-in/module.ts'
import sshKeys from '#modules/ssh-keys/module.ts'
import twoFactor from '#modules/two-factor/module.ts'
import verify from '#modules/verify/module.ts'
import { openNotes, writeNotes } from '#platform/activity-notes/notes.ts'
import { coreSettings, limitSettings, metricsSettings } from '#platform/config/core.ts'
import { publicOrigins } from '#platform/config/public-url.ts'
import { createContext, type Services, systemActor } from '#platform/context.ts'
import { watchDatabase } from '#platform/db/outage.ts'
import { createFastPath, type FastPath } from '#platform/http/fast-path.ts'
import { cookieNames } from '#platform/http/request/cookies.ts'
import { noteForwarding } from '#platform/http/request/forwarding.ts'
import { guardHosts } from '#platform/http/request/host.ts'
import { watchUrls } from '#platform/http/request/url-watch.ts'
import { apiHeaders, strictTransport } from '#platform/http/response/headers.ts'
import type { Runtime } from '#platform/http/runtime.ts'
import type { Fetch } from '#platform/http/serve.ts'
import { createMetrics } from '#platform/http/site/metrics.ts'
import { openSite } from '#platform/http/site/site.ts'
import { type Unparsed, unparsedReply } from '#platform/http/unparsed.ts'
import { createWeb } from '#platform/http/web.ts'
import { deleteOldOneTimeTokens } from '#platform/identity/one-time-token.ts'
import { deleteOldGuesses } from '#platform/identity/throttle.ts'
import { startJobs } from '#platform/jobs/schedule.ts'
import { letterWork } from '#platform/mail/letters.ts'
import { createMailTexts } from '#platform/mail/mail-texts.ts'
import { createMailer } from '#platform/mail/mailer.ts'
import { deleteOldIdempotencyKeys } from '#platform/operations/idempotency-store.ts'
import { Limiter } from '#platform/operations/limiter.ts'
import { curePagesOf, pageOf } from '#platform/operations/page-roles.ts'
import type { Registry } from '#platform/operations/registry.ts'
import { deleteOldWork } from '#platform/work/follow.ts'
import { startWorker, type Worker } from '#platform/work/worker.ts'

/** The built-in modules; a configuration may add others. Only `product.ts` reads this list. */
export const builtInModules: readonly ModuleSpec[] = [
  person,
  invitations,
  people,
  sessions,
  password,
  recoveryCodes,
  twoFactor,
  passkeys,
  recovery,
  signIn,
  account,
  accessTokens,
  apiKey,
  leakedKeys,
  sshKeys,
  activity,
  verify,
]

export type Parts = {
  readonly db: Db
  readonly config: Config
  readonly keys: Keys
  readonly log: Log
  readonly random: Random
  readonly now: () => number
  /** Folder of the built web. */
  readonly webRoot: string
  /** Turns an answer that breaks its contract into a fault; otherwise it is only logged. */
  readonly strict: boolean
}

export type App = {
  /** For any host that speaks `fetch`. */
  readonly fetch: Fetch
  /** For Node's own server, in front of `fetch`. */
  readonly fastPath: FastPath
  /** What Node's own server answers to bytes that are no request. */
  readonly unparsed: Unparsed
  readonly services: Services
  readonly runtime: Runtime
  /** Runs queued work and repeating jobs. Separate, so that a test decides when they run. */
  readonly startBackground: () => { readonly stop: () => Promise<void> }
}

const day = 24 * 3600

const platformJobs: readonly Job[] = [
  {
    name: 'platform.delete-old',
    everySeconds: day,
    run: async (ctx, signal) => {
      await deleteOldWork(ctx, signal)
      await deleteOldOneTimeTokens(ctx, signal)
      await deleteOldGuesses(ctx, signal)
      await deleteOldIdempotencyKeys(ctx, signal)
    },
  },
]

export const jobsOf = (modules: readonly ModuleSpec[]): readonly Job[] => [
  ...platformJobs,
  ...modules.flatMap((module) => module.jobs ?? []),
]

const createRuntime = (
  services: Services,
  registry: Registry,
  {
    parts,
    origins,
    transport,
  }: {
    readonly parts: Parts
    readonly origins: readonly string[]
    readonly transport: string | null
  },
): Runtime => {
  const cookies = cookieNames(origins[0] ?? '')
  return {
    services,
    registry,
    authenticators: registry.modules.flatMap((module) => module.authenticators ?? []),
    origins,
    signInPage: pageOf(registry, 'sign-in'),
    confirmPages: curePagesOf(registry),
    cookies,
    apiHeaders: apiHeaders(transport),
    limiter: new Limiter(),
    hasNoRoom: () => watchDatabase(parts.db, parts.log).hasNoRoom,
    running: new Map(),
    limits: parts.config.read(limitSettings),
    streams: { open: new Set() },
    strict: parts.strict,
  }
}

/** Puts the platform and the modules together. It neither listens nor starts jobs: the caller does. */
export const createApp = (registry: Registry, parts: Parts): App => {
  const core = parts.config.read(coreSettings)
  const origins = publicOrigins(core)
  let worker: Worker | null = null
  const { catalogue, modules } = registry
  const services: Services = { ...parts, catalogue, wakeWork: () => worker?.wake() }
  openNotes(services)
  const transport = strictTransport(origins[0] ?? '', core.strictTransport)
  const runtime = createRuntime(services, registry, { parts, origins, transport })
  const database = watchDatabase(parts.db, parts.log)
  const web = {
    runtime,
    site: openSite(parts.webRoot, transport),
    metrics: createMetrics(database),
    database,
    trustedProxies: core.trustedProxies,
    metricsToken: parts.config.read(metricsSettings).token,
    homePage: pageOf(registry, 'home'),
  }
  const startBackground: App['startBackground'] = () => {
    const ctx = createContext(services, systemActor('background'))
    const mailer = createMailer({
      config: parts.config,
      log: parts.log,
      dataDir: core.dataDir,
      publicUrl: origins[0] ?? '',
      texts: createMailTexts(modules),
      letterhead: () => organisationName(ctx.db),
    })
    database.keepReserve()
    const kinds = [letterWork(mailer), ...modules.flatMap((module) => module.work ?? [])]
    worker = startWorker(ctx, kinds, () => database.hasNoRoom)
    const jobs = startJobs(ctx, jobsOf(modules))
    return {
      stop: async () => {
        await jobs.stop()
        await worker?.stop()
        await writeNotes(ctx.db)
        mailer.close()
      },
    }
  }
  const watched = watchUrls(web, {
    fetch: createWeb(web).fetch as Fetch,
    fastPath: createFastPath(web),
  })
  const handlers = guardHosts(
    { runtime, otherHosts: core.otherHosts },
    { fetch: watched.fetch, fastPath: noteForwarding(web, watched.fastPath) },
  )
  return { ...handlers, unparsed: unparsedReply(runtime), services, runtime, startBackground }
}

export const defaultWebRoot = join(import.meta.dirname, '..', 'dist', 'web')
