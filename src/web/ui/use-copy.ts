import { useState } from 'react'

type CopyState = 'idle' | 'copied' | 'failed'

/** Says "copied" for as long as the same text is shown: a confirmation that flashes by is missed. */
export const useCopy = (text: string) => {
  const [last, setLast] = useState<{ readonly text: string; readonly isDone: boolean } | null>(null)
  const copy = async () => {
    try {
      // Missing where the page came over plain http from another machine.
      await navigator.clipboard.writeText(text)
      setLast({ text, isDone: true })
    } catch {
      setLast({ text, isDone: false })
    }
  }
  const outcome = last?.isDone ? 'copied' : 'failed'
  const state: CopyState = last?.text === text ? outcome : 'idle'
  return { state, copy } as const
}
