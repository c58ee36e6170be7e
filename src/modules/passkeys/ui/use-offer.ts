import { useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { passkeySupport } from '#web/lib/passkey.ts'
import { useMe } from '#web/lib/queries.ts'
import { type Added, addPasskey } from './add-passkey.ts'
import { decline, isDeclined, isInvited, mayTellBrowser } from './offer-memory.ts'
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
 * create). Only while a proof still counts: a dialog nobody asked for would be no upgrade.
 */
const tryAutomatic = async (): Promise<Added | null> => {
  try {
    const { confirmedUntil } = await api.signIn.confirmationMethods()
    if (confirmedUntil === null) return null
    return await addPasskey({ automatic: true, signal: AbortSignal.timeout(automaticMs) })
  } catch {
    // Should it have made one after all, it may forget it: nobody here knows it.
    void tellBrowser()
    return null
  }
}

const lookForOffer = async (): Promise<Offer> => {
  const support = await passkeySupport()
  if (!support.passkeys) return nothing
  const { passkeys } = await api.passkeys.list()
  if (passkeys.length > 0) return nothing
  const added = support.automatic ? await tryAutomatic() : null
  return added ? { kind: 'added', added } : { kind: 'offered' }
}

let looked: Promise<Offer> | null = null

/** What to suggest on the page somebody landed on after signing in with the password alone. */
export const useOffer = () => {
  const { userId } = useMe()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const [landing] = useState(path)
  const [offer, setOffer] = useState<Offer>(nothing)

  useEffect(() => {
    if (mayTellBrowser(userId)) void tellBrowser()
    if (!isInvited() || isDeclined(userId)) return
    looked ??= lookForOffer().catch(() => nothing)
    void looked.then(setOffer)
  }, [userId])

  const close = () => {
    looked = Promise.resolve(nothing)
    setOffer(nothing)
  }
  const dismiss = () => {
    decline(userId)
    close()
  }
  return { offer: path === landing ? offer : nothing, close, dismiss } as const
}
