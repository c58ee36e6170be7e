import { useSyncExternalStore } from 'react'

let isOpen = false
let wasAsked = false
const listeners = new Set<() => void>()

const tell = () => {
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** Fetches its code: a hand on the button usually presses it. */
export const preparePalette = (): void => {
  if (wasAsked) return
  wasAsked = true
  tell()
}

const show = (next: boolean) => {
  isOpen = next
  if (next) wasAsked = true
  tell()
}
export const openPalette = (): void => show(true)
export const closePalette = (): void => show(false)
export const togglePalette = (): void => show(!isOpen)

/** As if it had never been asked for. */
export const forgetPalette = (): void => {
  wasAsked = false
  show(false)
}

export const useIsPaletteOpen = (): boolean => useSyncExternalStore(subscribe, () => isOpen)
export const useIsPaletteWanted = (): boolean => useSyncExternalStore(subscribe, () => wasAsked)

const isApple = /Mac|iPhone|iPad/.test(navigator.platform)
export const paletteShortcut = isApple ? '⌘K' : 'Ctrl K'
