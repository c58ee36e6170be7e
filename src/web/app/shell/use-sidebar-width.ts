import { useState } from 'react'

const storageKey = 'latchkey-sidebar'

const read = (): boolean => {
  try {
    return localStorage.getItem(storageKey) === 'narrow'
  } catch {
    return false
  }
}

const store = (isNarrow: boolean) => {
  try {
    localStorage.setItem(storageKey, isNarrow ? 'narrow' : 'wide')
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}

/** Wide or narrow, remembered on this device. */
export const useSidebarWidth = () => {
  const [isNarrow, setIsNarrow] = useState(read)
  const toggle = () => {
    store(!isNarrow)
    setIsNarrow(!isNarrow)
  }
  return { isNarrow, toggle } as const
}
