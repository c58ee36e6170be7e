import { type ComponentType, useEffect, useState } from 'react'
import type { Navigation } from '../navigation.ts'
import { forgetPalette, togglePalette, useIsPaletteWanted } from './palette-state.ts'

type PaletteComponent = ComponentType<{ readonly navigation: Navigation }>

/** Hears Ctrl/Cmd+K; the palette itself is loaded when it is wanted for the first time. */
export const PaletteHost = ({ navigation }: { readonly navigation: Navigation }) => {
  const isWanted = useIsPaletteWanted()
  const [Palette, setPalette] = useState<PaletteComponent | null>(null)

  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const isShortcut = event.code === 'KeyK' && (event.ctrlKey || event.metaKey)
      if (!isShortcut || event.shiftKey || event.altKey) return
      event.preventDefault()
      togglePalette()
    }
    addEventListener('keydown', hear)
    return () => removeEventListener('keydown', hear)
  }, [])

  useEffect(() => {
    if (!isWanted) return
    // Without its code nothing opens, and the next press tries again: the page is worth more than a shortcut.
    import('./Palette.tsx').then((module) => setPalette(() => module.Palette), forgetPalette)
  }, [isWanted])

  return Palette && <Palette navigation={navigation} />
}
