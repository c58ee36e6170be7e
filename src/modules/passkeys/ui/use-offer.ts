import { useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, pageAs, pages } from '#web/lib/client.ts'
import { passkeySupport } from '#web/lib/passkey.ts'
import { useMe } from '#web/lib/queries.ts'
import { type Added, addPasskey } from './add-passkey.ts'
import { isInvited, mayTellBrowser } from './offer-memory.ts'
import { tellBrowser } from './signals.ts'

type Offer =
  | { readonly kind: 'none' }
  | { readonly kind: 'offered' }
  | { readonly kind: 'added'; readonly added: Added }

const nothing: Offer = { kind: 'none' }

/** A password manager that wants to answers at once; one that does not may never. */
const automaticMs = 2500

/**
 * The password manager that has just filled in the password may add a passkey by itself (conditional
 * create). Only while a proof still counts: a dialog the user did not ask for would be no upgrade.
 */
const tryAutomatic = async (): Promise<Added | null> => {
  try {
    const { confirmedUntil } = await api.signIn.confirmationMethods()
    if (confirmedUntil === null) return null
    return await addPasskey({ automatic: true, signal: AbortSignal.timeout(automaticMs) })
  } catch {
    // Should it have made one after all, it may forget it: the server does not know it.
    void tellBrowser()
    return null
  }
}

/** Declined before, in any browser; or a recovery of the account is under way, which is more urgent. */
const isUnwanted = async (): Promise<boolean> => {
  const [{ dismissedAt }, { recovery }] = await Promise.all([
    api.passkeys.readOffer(),
    api.recovery.read(),
  ])
  return dismissedAt !== null || recovery !== null
}

const lookForOffer = async (): Promise<Offer> => {
  const support = await passkeySupport()
  if (!support.passkeys) return nothing
  const { passkeys } = await api.passkeys.list()
  if (passkeys.length > 0 || (await isUnwanted())) return nothing
  const added = support.automatic ? await tryAutomatic() : null
  return added ? { kind: 'added', added } : { kind: 'offered' }
}

let looked: Promise<Offer> | null = null

/** Pages with a button of their own for it. */
const ownPages: readonly string[] = [pages.passkeys.list, pageAs['check-up']]

/** What to suggest on the page a user landed on after signing in with the password. */
export const useOffer = () => {
  const { userId } = useMe()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const [landing] = useState(path)
  const [offer, setOffer] = useState<Offer>(nothing)

  useEffect(() => {
    if (mayTellBrowser(userId)) void tellBrowser()
    if (!isInvited() || ownPages.includes(landing)) return
    looked ??= lookForOffer().catch(() => nothing)
    void looked.then(setOffer)
  }, [userId, landing])

  const close = () => {
    looked = Promise.resolve(nothing)
    setOffer(nothing)
  }
  const dismiss = () => {
    close()
    // Should it not be heard, it is asked once more another time: nothing to trouble the user with.
    void api.passkeys.dismissOffer().catch(() => {})
  }
  return { offer: path === landing ? offer : nothing, close, dismiss } as const
}
