import { useState } from 'react'

/** What the dialog of a list is about. It stays known while the dialog fades out, so that its words stay too. */
export const useAsked = <T>() => {
  const [asked, setAsked] = useState<T | null>(null)
  const [isAsking, setIsAsking] = useState(false)
  const ask = (about: T) => {
    setAsked(about)
    setIsAsking(true)
  }
  return { asked, isAsking, ask, close: () => setIsAsking(false) } as const
}
