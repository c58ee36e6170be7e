import type { AuthMethod } from '@latchkey/kit'
import { hasCodes, spendCode } from './codes.ts'

export const recoveryCodeMethod: AuthMethod = {
  id: 'recovery-code',
  strength: 20,
  isSecondFactor: false,
  isSpare: true,
  isGuessable: true,
  available: (ctx, userId) => hasCodes(ctx, userId),
  verify: spendCode,
}
