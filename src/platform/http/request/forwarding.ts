import type { IncomingMessage } from 'node:http'
import { rememberFact } from '#platform/crypto/installation.ts'
import { faultFacts } from '#platform/log/log.ts'
import { onceADay } from '#platform/log/once-a-day.ts'
import type { FastPath } from '../fast-path.ts'
import type { Runtime } from '../runtime.ts'

/** Fact of the installation: when a proxy was last seen that the settings do not know. `latchkey doctor` reads it. */
export const unknownProxyFact = 'unknown-proxy-seen'

/**
 * X-Forwarded-For arrives and no proxy is trusted: probably one was forgotten in the settings, and all users share the
 * limits of one address. It is also what a visitor can send who tries to be somebody else, so it is only told.
 */
export const noteForwarding = (
  { runtime, trustedProxies }: { readonly runtime: Runtime; readonly trustedProxies: number },
  fastPath: FastPath,
): FastPath => {
  if (trustedProxies > 0) return fastPath
  const { services } = runtime
  const daily = onceADay(services.now)
  const tell = ({ socket }: IncomingMessage): void => {
    const from = socket.remoteAddress ?? 'unknown'
    services.log.warn(
      { from },
      'X-Forwarded-For arrives, and no proxy is trusted. If there is one, set LATCHKEY_TRUSTED_PROXIES; more today is not logged',
    )
    const fact = { name: unknownProxyFact, value: from, at: services.now() }
    rememberFact(services.db, fact).catch((error: unknown) =>
      services.log.warn(faultFacts(error), 'the unknown proxy was not noted'),
    )
  }
  return (request, response) => {
    if (request.headers['x-forwarded-for'] !== undefined) daily(() => tell(request))
    return fastPath(request, response)
  }
}
