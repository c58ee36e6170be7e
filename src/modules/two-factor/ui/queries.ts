import { type QueryClient, useQuery } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { useMay } from '#web/lib/queries.ts'

type Operations = Contracts['twoFactor']['operations']
export type TwoFactor = AnswerOf<Operations['read']>
export type Authenticator = TwoFactor['authenticators'][number]
export type RecoveryCodes = NonNullable<TwoFactor['recoveryCodes']>
export type Setup = AnswerOf<Operations['begin']>

export const twoFactorQuery = api.twoFactor.read.query()

/** Shows at once what the server has just confirmed. */
export const keepAuthenticators = (
  client: QueryClient,
  change: (before: readonly Authenticator[]) => readonly Authenticator[],
): void => {
  client.setQueryData(
    twoFactorQuery.queryKey,
    (data) => data && { ...data, authenticators: [...change(data.authenticators)] },
  )
}

/** `factors`: those that are asked for as a second step, because they verify the person. */
type Passkeys = { readonly total: number; readonly factors: number }

/** What stays when the apps are gone depends on them. None while unknown: the facts then promise nothing. */
export const usePasskeys = (): Passkeys => {
  const enabled = useMay('account.passkeys.manage')
  const { data } = useQuery({ ...api.passkeys.list.query(), enabled })
  const passkeys = data?.passkeys ?? []
  const factors = passkeys.filter(({ verifiedAt }) => verifiedAt !== null).length
  return { total: passkeys.length, factors }
}
