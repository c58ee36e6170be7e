import type { ModuleSpec } from '@latchkey/kit'
import { coreSettings } from '#platform/config/core.ts'
import { publicLink, publicOrigins } from '#platform/config/public-url.ts'
import { pages } from './contract.ts'

export const wellKnown: NonNullable<ModuleSpec['wellKnown']> = {
  // Related origins (WebAuthn Level 3 §5.11): only where there are several.
  webauthn: (config) => {
    const core = config.read(coreSettings)
    return core.otherOrigins.length > 0 ? { json: { origins: publicOrigins(core) } } : null
  },
  // https://w3c.github.io/webappsec-passkey-endpoints/: where a password manager sends people.
  'passkey-endpoints': (config) => {
    const page = publicLink(config, pages.list)
    return { json: { enroll: page, manage: page } }
  },
}
