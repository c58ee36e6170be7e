import type { ClientHints } from '@latchkey/kit'
import Bowser from 'bowser'

export type Device = {
  readonly browser: string | null
  readonly browserVersion: string | null
  readonly os: string | null
  readonly osVersion: string | null
  readonly model: string | null
  readonly type: 'desktop' | 'phone' | 'tablet' | 'tv' | 'program' | 'unknown'
  readonly engine: string | null
  readonly architecture: string | null
}

const types = { desktop: 'desktop', mobile: 'phone', tablet: 'tablet', tv: 'tv' } as const

const clip = (text: string | undefined, max = 60): string | null => {
  const clean = (text ?? '')
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, max)
  return clean || null
}

/** Windows 11 sends 13 and above as platform version and still says "Windows NT 10.0" (learn.microsoft.com, client hints). */
const windowsVersion = (platformVersion: string): string =>
  Number.parseInt(platformVersion, 10) >= 13 ? '11' : '10'

type ToldSystem = {
  readonly version?: string | undefined
  readonly versionName?: string | undefined
}

/** Every browser on a Mac says 10.15, regardless of the real version: better none than a wrong one. */
const versionOf = (os: string | null, { version, versionName }: ToldSystem): string | null =>
  os === 'macOS' && version?.startsWith('10.15') ? null : clip(versionName ?? version)

const architectureOf = (userAgent: string, hints: ClientHints): string | null => {
  if (hints.architecture)
    return clip(`${hints.architecture}${hints.bitness ? `-${hints.bitness}` : ''}`)
  if (/\b(x86_64|x64|Win64|amd64|WOW64)\b/i.test(userAgent)) return 'x86-64'
  if (/\b(aarch64|arm64)\b/i.test(userAgent)) return 'arm-64'
  if (/\bi[3-6]86\b/i.test(userAgent)) return 'x86-32'
  return null
}

const parse = (userAgent: string, hints: ClientHints): Device => {
  // 512 characters hold every real one; the parser is a list of regular expressions and deserves a bound.
  const parsed = Bowser.parse(userAgent.slice(0, 512) || ' ')
  const browserLike = /^Mozilla\//.test(userAgent)
  const product = /^([A-Za-z][\w.-]*)(?:\/([\w.]+))?/.exec(userAgent)
  const os = clip(hints.platform) ?? clip(parsed.os.name)
  const hintedVersion =
    hints.platformVersion && os === 'Windows'
      ? windowsVersion(hints.platformVersion)
      : clip(hints.platformVersion)
  const known = parsed.platform.type as keyof typeof types | undefined
  return {
    browser: clip(parsed.browser.name) ?? clip(product?.[1]),
    browserVersion: clip(parsed.browser.name ? parsed.browser.version : product?.[2]),
    os,
    osVersion: hintedVersion ?? versionOf(os, parsed.os),
    model: clip(hints.model) ?? clip(parsed.platform.model ?? parsed.platform.vendor),
    type: known && types[known] ? types[known] : browserLike || !userAgent ? 'unknown' : 'program',
    engine: clip(parsed.engine.name),
    architecture: architectureOf(userAgent, hints),
  }
}

/** Few kinds of browser make most requests, and taking one apart means a hundred regular expressions. */
const keptMax = 200
const kept = new Map<string, Device>()

/** Reads what the browser says of itself. For display and recognition only: all of it can be made up. */
export const readDevice = (userAgent: string, hints: ClientHints): Device => {
  const key = userAgent + JSON.stringify(hints)
  const known = kept.get(key)
  if (known) return known
  const device = parse(userAgent, hints)
  const oldest = kept.keys().next().value
  if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
  kept.set(key, device)
  return device
}
