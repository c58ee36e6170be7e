import type { Context, ModuleSpec, System } from '@latchkey/kit'
import type { Settings } from '#open'
import { dayMs, iso } from '#platform/clock/moment.ts'
import { coreSettings } from '#platform/config/core.ts'
import { publicOrigins } from '#platform/config/public-url.ts'
import { factAt, installationFact } from '#platform/crypto/installation.ts'
import { unknownProxyFact } from '#platform/http/request/forwarding.ts'
import { about, type Finding } from './finding.ts'

const loopback = new Set(['127.0.0.1', 'localhost', '::1'])

/** Whether people can get here by the address in their mails. */
export const lookAtAddress = ({ config }: Settings): readonly Finding[] => {
  const say = about('public address')
  const core = config.read(coreSettings)
  // Throws what the start would say.
  const [origin = ''] = publicOrigins(core)
  const found: Finding[] = []
  if (!core.publicUrl)
    found.push(
      say.warning(
        `It is not set, so links in mails say ${origin} and work on this machine only.`,
        'Set LATCHKEY_PUBLIC_URL to the address people type. Passkeys belong to its host for good.',
      ),
    )
  else if (origin.startsWith('http:') && !loopback.has(core.host))
    found.push(
      say.warning(
        `It is ${origin}, but the server listens on ${core.host} for the network.`,
        'Set LATCHKEY_PUBLIC_URL to an https address, behind a reverse proxy.',
      ),
    )
  if (origin.startsWith('https:') && core.trustedProxies === 0)
    found.push(
      say.warning(
        `It is ${origin}, so a proxy stands in front, and none is trusted: all people look like one address and share its limits.`,
        'Set LATCHKEY_TRUSTED_PROXIES to how many there are, usually 1.',
      ),
    )
  return found.length > 0 ? found : [say.ok(`${origin}.`)]
}

/** How long ago a proxy was seen and still stands there, presumably. */
const seenMsMax = 7 * dayMs

/** Whether a proxy was forgotten in the settings. */
export const lookAtForwarding = async ({
  db,
  config,
  now,
}: Context<System>): Promise<readonly Finding[]> => {
  const say = about('proxies')
  const { trustedProxies } = config.read(coreSettings)
  if (trustedProxies > 0) return [say.ok(`${trustedProxies} in front are trusted.`)]
  const at = await factAt(db, unknownProxyFact)
  if (at === null || at < now() - seenMsMax) return [say.ok('None is trusted, and none was seen.')]
  const from = await installationFact(db, unknownProxyFact)
  return [
    say.warning(
      `X-Forwarded-For arrived from ${from} at ${iso(at)}, and no proxy is trusted: all people behind it look like one address and share its limits.`,
      'If that is your proxy, set LATCHKEY_TRUSTED_PROXIES to how many there are, usually 1. If there is none, a caller made it up, and it was ignored.',
    ),
  ]
}

/** What the modules would say before a start: among them, whether the passkeys were made for this address. */
export const lookAtModules = async (
  ctx: Context<System>,
  modules: readonly ModuleSpec[],
): Promise<readonly Finding[]> => {
  const problems: Finding[] = []
  for (const { name, startCheck } of modules) {
    const problem = await startCheck?.(ctx)
    if (!problem) continue
    const [message = problem, ...advice] = problem.split(/(?<=\.) /)
    problems.push(about(name).problem(message, advice.join(' ')))
  }
  return problems.length > 0
    ? problems
    : [about('passkeys and address').ok('Passkeys that are stored were made for this address.')]
}

const answerMsMax = 2000

/** Neither running nor standing still is a fault; running and not ready is one. */
export const lookAtServer = async ({ config }: Settings): Promise<readonly Finding[]> => {
  const say = about('server')
  const { host, port } = config.read(coreSettings)
  const near = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const where = `${near.includes(':') ? `[${near}]` : near}:${port}`
  try {
    const answer = await fetch(`http://${where}/readyz`, {
      signal: AbortSignal.timeout(answerMsMax),
    })
    await answer.arrayBuffer()
    return answer.ok
      ? [say.ok(`It runs on ${where} and is ready.`)]
      : [say.problem(`It runs on ${where} and is not ready (${answer.status}).`, 'Read its log.')]
  } catch {
    return [say.ok(`Nothing answers on ${where}.`)]
  }
}
