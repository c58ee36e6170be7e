import { api } from '#web/lib/client.ts'
import { signalAccount } from '#web/lib/passkey-signals.ts'

let additions = 0
let underWay = 0

/** While a passkey is being added the list of accepted ones is about to be wrong. */
export const whileAdding = async <T>(work: () => Promise<T>): Promise<T> => {
  additions += 1
  underWay += 1
  try {
    return await work()
  } finally {
    underWay -= 1
  }
}

/**
 * Tells password managers which passkeys are left and how the account is called (WebAuthn Level 3
 * §5.1.10). Asked afresh and kept back while one is being added: a list without the new passkey makes
 * some managers delete it. The result is not used.
 */
export const tellBrowser = async (): Promise<void> => {
  const before = additions
  try {
    const { signals } = await api.passkeys.list()
    if (underWay === 0 && additions === before) signalAccount(signals)
  } catch {
    // The next time will do.
  }
}
