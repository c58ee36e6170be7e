import { lazy, Suspense, useEffect } from 'react'
import type { Navigation } from '../navigation.ts'
import { togglePalette, useIsPaletteWanted } from './palette-state.ts'

const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }))

/** Hears Ctrl/Cmd+K; the palette itself is loaded when it is wanted for the first time. */
export const PaletteHost = ({ navigation }: { readonly navigation: Navigation }) => {
  const isWanted = useIsPaletteWanted()
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
  if (!isWanted) return null
  return (
    <Suspense fallback={null}>
      <Palette navigation={navigation} />
    </Suspense>
  )
}
