import { secretSetting, settings } from '@latchkey/kit'
import { z } from 'zod'
import { hasReadableCredentials, unreadableCredentials } from './address-credentials.ts'

/** Settings of the process itself. Top level in the file: `{ "port": 3000 }`. */
export const coreSettings = settings(
  '',
  'The process: where it listens, where it keeps things, how people reach it',
  z.strictObject({
    port: z
      .int()
      .min(0)
      .max(65535)
      .default(3000)
      .describe('TCP port to listen on. 0 picks a free one.'),
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to listen on. 0.0.0.0 opens it to the network.'),
    dataDir: z
      .string()
      .min(1)
      .default('./data')
      .describe('Folder for the embedded database, the key file and unsent mails.'),
    databaseUrl: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
      .refine(hasReadableCredentials, unreadableCredentials)
      .optional()
      .describe('PostgreSQL address. Unset: embedded SQLite in the data folder.')
      .meta(secretSetting),
    publicUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'Address people type, without a path. Must be https, except for localhost. Unset: http://localhost and the port, for a trial on this machine.',
      ),
    otherOrigins: z
      .array(z.url({ protocol: /^https?$/ }))
      .max(5)
      .default([])
      .describe(
        'Further addresses of the same product, e.g. other country domains. Passkeys belong to the public one and work on these too.',
      ),
    otherHosts: z
      .array(
        z
          .string()
          .max(255)
          .regex(/^(\[[\da-fA-F:.]+\]|[\w.-]+)$/, 'must be a host name without a port'),
      )
      .max(20)
      .default([])
      .describe(
        'Further names under which programs and proxies call it, e.g. latchkey in a network of containers. Any other Host is answered 421, except at /healthz, /readyz, /metrics and /api/v1/verify.',
      ),
    strictTransport: z
      .enum(['host', 'subdomains', 'preload'])
      .default('host')
      .describe(
        'What Strict-Transport-Security says over https, for two years. host: this host name only. subdomains: every name below it too. preload: also asks browsers to ship with it. The last two bind whatever else is there, so they are for who runs all of it.',
      ),
    trustedProxies: z
      .int()
      .min(0)
      .max(5)
      .default(0)
      .describe(
        'How many reverse proxies in front add to X-Forwarded-For. 0: the header is ignored.',
      ),
    modules: z
      .array(z.string().min(1).max(500))
      .max(50)
      .default([])
      .describe(
        'Modules from outside: a folder, counted from the one latchkey.config.json lies in (./my-module), or the name of a package that is installed there.',
      ),
    logLevel: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('How much is logged. Successful reads appear at debug.'),
  }),
)

export const permissionSettings = settings(
  'permissions',
  'Names of permissions',
  z.strictObject({
    namespace: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a lower-case word')
      .default('comerix')
      .describe('First word of every permission id, e.g. comerix.account.view.'),
  }),
)

export const mailSettings = settings(
  'mail',
  'Outgoing mail',
  z.strictObject({
    url: z
      .string()
      .regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://')
      .refine(hasReadableCredentials, unreadableCredentials)
      .optional()
      .describe(
        'SMTP server, e.g. smtp://user:password@mail.example.com:587. Unset: mails become files.',
      )
      .meta(secretSetting),
    from: z
      .string()
      .max(320)
      .regex(/^[^\r\n]+$/)
      .default('Latchkey <no-reply@localhost>')
      .describe('Sender of every mail.'),
    allowPlain: z
      .boolean()
      .default(false)
      .describe(
        'Also send where the mail server offers no TLS. Then passwords and links of mails can be read on the way. On this machine itself none is asked for.',
      ),
    clientName: z
      .string()
      .regex(/^[\w.-]{1,253}$/, 'must be a host name')
      .optional()
      .describe(
        'Name by which this server greets the mail server (EHLO). Unset: the host of the public address.',
      ),
  }),
)

/** OWASP Password Storage Cheat Sheet and ASVS 5.0 appendix C: m = 19 MiB, t = 2, p = 1 is the floor. */
export const hashingSettings = settings(
  'hashing',
  'What it costs to try a password',
  z.strictObject({
    memoryKib: z
      .int()
      .min(19_456)
      .max(1_048_576)
      .default(19_456)
      .describe(
        'Memory of one Argon2id hash, in KiB. As many run at once as there are cores, and one more. Raised, each password is hashed anew at its next sign-in.',
      ),
    passes: z
      .int()
      .min(2)
      .max(20)
      .default(2)
      .describe('Passes of Argon2id over that memory. A sign-in takes longer by as much.'),
  }),
)

export const limitSettings = settings(
  'limits',
  'Guards against floods',
  z.strictObject({
    requestsPerAddress: z
      .int()
      .min(1)
      .default(300)
      .describe('Requests one address (IPv6: one /64) may make in 10 seconds.'),
    guessesPerAddress: z
      .int()
      .min(5)
      .default(20)
      .describe(
        'Wrong passwords and codes one address may try in 10 minutes before it has to wait.',
      ),
    requestsPerKey: z
      .int()
      .min(1)
      .default(300)
      .describe('Requests one access token or API key may make in a minute.'),
    requestsAtOncePerKey: z
      .int()
      .min(1)
      .default(10)
      .describe('Requests one access token or API key may have under way at once.'),
    streamsMax: z
      .int()
      .min(1)
      .default(2000)
      .describe('Event streams open at once in this process.'),
    streamsPerPersonMax: z
      .int()
      .min(1)
      .default(20)
      .describe('Event streams one person may hold open.'),
  }),
)

export const metricsSettings = settings(
  'metrics',
  'Prometheus metrics',
  z.strictObject({
    token: z
      .string()
      .min(20)
      .max(200)
      .optional()
      .describe('Bearer token for GET /metrics. Unset: the address does not exist.')
      .meta(secretSetting),
  }),
)

export const noteSettings = settings(
  'activityNotes',
  'Notes of activity: when a session or a key was last used',
  z.strictObject({
    everySeconds: z
      .int()
      .min(1)
      .max(60)
      .default(3)
      .describe(
        'Seconds for which notes are collected before they are written together. Another process, and a list of sessions or keys, may show a use that much later; a crash loses the notes of that time.',
      ),
  }),
)

export const platformSettings = [
  coreSettings,
  permissionSettings,
  mailSettings,
  hashingSettings,
  limitSettings,
  metricsSettings,
  noteSettings,
] as const
