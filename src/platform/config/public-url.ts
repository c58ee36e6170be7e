import type { Config } from '@latchkey/kit'
import { coreSettings } from './core.ts'
import { ConfigProblem } from './load.ts'

const isLocal = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '127.0.0.1' ||
  hostname === '[::1]'

/** The rule of the public address: on plain http the session could be read and the pages changed on the way (ASVS 12.2.1). */
const otherOrigin = (text: string): string => {
  const url = new URL(text)
  if (url.pathname !== '/' || url.search || url.hash || url.username)
    throw new ConfigProblem([
      'LATCHKEY_OTHER_ORIGINS must be addresses without a path, like https://account.example.de.',
    ])
  if (url.protocol === 'http:' && !isLocal(url.hostname))
    throw new ConfigProblem([
      'LATCHKEY_OTHER_ORIGINS must start with https:// (plain http is accepted for localhost only).',
    ])
  return url.origin
}

/**
 * Our own origins; links use the first. Never taken from a Host header, which an attacker can choose. Unset means a trial
 * on this machine, under either of its two usual names.
 */
export const publicOrigins = (core: {
  readonly publicUrl?: string | undefined
  readonly port: number
  readonly otherOrigins: readonly string[]
}): readonly string[] => {
  if (!core.publicUrl) return [`http://localhost:${core.port}`, `http://127.0.0.1:${core.port}`]
  const url = new URL(core.publicUrl)
  if (url.pathname !== '/' || url.search || url.hash || url.username)
    throw new ConfigProblem([
      'LATCHKEY_PUBLIC_URL must be an address without a path, like https://account.example.com.',
    ])
  if (url.protocol === 'http:' && !isLocal(url.hostname))
    throw new ConfigProblem([
      'LATCHKEY_PUBLIC_URL must start with https:// (plain http is accepted for localhost only).',
    ])
  return [url.origin, ...core.otherOrigins.map(otherOrigin)]
}

/** A link for a mail. The secret is in the fragment, which browsers never send, so that no server logs it. */
export const publicLink = (
  config: Config,
  path: string,
  secret?: { readonly name: string; readonly value: string },
): string => {
  const [origin = ''] = publicOrigins(config.read(coreSettings))
  return `${origin}${path}${secret ? `#${secret.name}=${encodeURIComponent(secret.value)}` : ''}`
}
