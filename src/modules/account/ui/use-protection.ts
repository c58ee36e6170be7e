import { useQuery } from '@tanstack/react-query'
import { isAwaited, useMay } from '#web/lib/queries.ts'
import { passkeysQuery, recoveryQuery, twoFactorQuery } from './security-queries.ts'

/** The same number as in the mail that warns. */
const lowAt = 3

/** What the cards of the check-up are about. What the role may not see is not asked for. */
export const useProtection = () => {
  const factor = useQuery({ ...twoFactorQuery, enabled: useMay('account.two_factor.manage') })
  const passkeys = useQuery({ ...passkeysQuery, enabled: useMay('account.passkeys.manage') })
  const recovery = useQuery(recoveryQuery)
  const codes = factor.data?.recoveryCodes ?? null
  return {
    factor,
    passkeys,
    codes,
    areCodesLow: codes !== null && codes.remaining <= lowAt,
    areCodesUnsaved: codes !== null && codes.remaining > lowAt && codes.savedAt === null,
    isRecovering: Boolean(recovery.data),
    isWaiting: [factor, passkeys, recovery].some(isAwaited),
    isFailed: factor.isError || passkeys.isError,
  } as const
}
