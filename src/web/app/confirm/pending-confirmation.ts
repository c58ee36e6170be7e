import { useSyncExternalStore } from 'react'
import type { ConfirmationRequest } from '#web/lib/client.ts'

type Pending = {
  readonly request: ConfirmationRequest
  readonly settle: (isConfirmed: boolean) => void
}

let pending: Pending | null = null
const listeners = new Set<() => void>()

const set = (next: Pending | null) => {
  pending = next
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** Opens the dialog; the client asks once at a time and repeats the refused calls itself. */
export const confirmItIsYou = (request: ConfirmationRequest): Promise<boolean> =>
  new Promise((resolve) => set({ request, settle: resolve }))

export const settleConfirmation = (isConfirmed: boolean): void => {
  const settled = pending
  set(null)
  settled?.settle(isConfirmed)
}

export const usePendingConfirmation = (): ConfirmationRequest | null =>
  useSyncExternalStore(subscribe, () => pending?.request ?? null)
