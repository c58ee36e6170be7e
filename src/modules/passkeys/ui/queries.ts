import { type QueryClient, useQuery } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { moduleKey } from '#web/lib/operation-queries.ts'
import { useMay } from '#web/lib/queries.ts'

type Operations = Contracts['passkeys']['operations']
type Listed = AnswerOf<Operations['list']>
export type Passkey = Listed['passkeys'][number]

export const passkeysQuery = api.passkeys.list.query()

/** Shows at once what the server has just confirmed. */
export const keepPasskeys = (
  client: QueryClient,
  change: (before: readonly Passkey[]) => readonly Passkey[],
): void => {
  client.setQueryData(
    passkeysQuery.queryKey,
    (data) => data && { ...data, passkeys: [...change(data.passkeys)] },
  )
}

/** A passkey is a second factor too: what the other page shows follows. */
export const reload = async (client: QueryClient): Promise<void> => {
  await Promise.all([
    client.invalidateQueries({ queryKey: moduleKey('passkeys') }),
    client.invalidateQueries({ queryKey: moduleKey('twoFactor') }),
  ])
}

const twoFactorQuery = api.twoFactor.read.query()

/** How many authenticator apps there are: what stays when the last passkey is gone. Null while unknown. */
export const useAppCount = (): number | null => {
  const enabled = useMay('account.two_factor.manage')
  const { data } = useQuery({ ...twoFactorQuery, enabled })
  return data?.authenticators.length ?? null
}

/** Whether a second step is asked for, as far as this page knows. */
export const isSecondStepOn = (client: QueryClient): boolean | undefined =>
  client.getQueryData(twoFactorQuery.queryKey)?.isOn
