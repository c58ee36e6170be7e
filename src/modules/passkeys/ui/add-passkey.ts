import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { type MakeOptions, makePasskey } from '#web/lib/passkey.ts'
import { tellBrowser, whileAdding } from './signals.ts'

export type Added = AnswerOf<Contracts['passkeys']['operations']['register']>

type Wanted = MakeOptions & { readonly name?: string }

/** Ask the server, let the browser make one, hand it in. Throws `Problem` or `PasskeyError`. */
export const addPasskey = async ({ name = '', ...how }: Wanted = {}): Promise<Added> => {
  const added = await whileAdding(async () => {
    const { ceremonyId, options } = await api.passkeys.begin()
    const response = await makePasskey(options, how)
    return api.passkeys.register({ ceremonyId, response, ...(name === '' ? {} : { name }) })
  })
  void tellBrowser()
  return added
}
