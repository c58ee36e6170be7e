import type { Way } from '@latchkey/kit'
import { passkeyWay } from '#modules/passkeys/api.ts'
import { passwordWay } from '#modules/password/api.ts'
import { authenticatorWay, recoveryCodeWay } from '#modules/two-factor/api.ts'

/** Every way to prove it is you: one name for each that a module offers. */
export const ways: readonly Way[] = [passkeyWay, authenticatorWay, recoveryCodeWay, passwordWay]
