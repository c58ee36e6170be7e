import type { Way } from '@latchkey/kit'
import { passkeyWay } from '#modules/passkeys/api.ts'
import { passwordWay } from '#modules/password/api.ts'
import { authenticatorWay, recoveryCodeWay } from '#modules/two-factor/api.ts'

/**
 * Every way to prove it is you: one name for each that a module offers. A function, because these modules ask for this
 * list in turn: while the files load, in whatever order, not all of them exist yet.
 */
export const ways = (): readonly Way[] => [
  passkeyWay,
  authenticatorWay,
  recoveryCodeWay,
  passwordWay,
]
