import type { AuthMethod } from '@latchkey/kit'
import { passkeyMethod } from '#modules/passkeys/api.ts'
import { passwordMethod } from '#modules/password/api.ts'
import { authenticatorMethod, recoveryCodeMethod } from '#modules/two-factor/api.ts'

/**
 * Every way to prove it is you: one name for each that a module offers. A function, because these modules ask for this
 * list in turn: while the files load, in whatever order, not all of them exist yet.
 */
export const methods = (): readonly AuthMethod[] => [
  passkeyMethod,
  authenticatorMethod,
  recoveryCodeMethod,
  passwordMethod,
]
