import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, asProblem, type Problem } from '#web/lib/client.ts'

type Want = 'copy' | 'show'

/** Asks for the whole key, which the server gives to a user who has just confirmed it is them. */
export const useReveal = (onShow: (key: string) => void) => {
  const client = useQueryClient()
  const [pending, setPending] = useState<Want | null>(null)
  const [isCopied, setIsCopied] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const copyOrShow = async (key: string) => {
    try {
      // Missing over plain http, and refused by some browsers when confirming took a while: then it is shown.
      await navigator.clipboard.writeText(key)
      setIsCopied(true)
    } catch {
      onShow(key)
    }
  }

  const ask = async (want: Want) => {
    setPending(want)
    setProblem(null)
    setIsCopied(false)
    try {
      const { key } = await api.apiKey.reveal()
      if (want === 'copy') await copyOrShow(key)
      else onShow(key)
    } catch (error) {
      const found = asProblem(error)
      setProblem(found)
      if (found.code === 'api-key.not_found')
        void client.invalidateQueries({ queryKey: api.apiKey.read.key() })
    } finally {
      setPending(null)
    }
  }

  return { ask, pending, isCopied, problem } as const
}
