import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, asProblem, type Problem } from '#web/lib/client.ts'
import { moduleKey } from '#web/lib/operation-queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { toast } from '#web/ui/toast.tsx'
import type { Authenticator, Setup } from './queries.ts'

/** What the dialog is about: a new app, or one that takes the place of another. */
export type Adding = { readonly setup: Setup; readonly replaced: Authenticator | null }
export type Typed = { readonly name: string; readonly code: string }

/** `#add` in the address opens the dialog: links from other pages lead straight to it. */
const takeInvitation = (): boolean => {
  if (location.hash !== '#add') return false
  history.replaceState(history.state, '', location.pathname + location.search)
  return true
}

/** The conversation behind adding an app. The dialog opens only once the server has given a secret. */
export const useSetup = (onCodes: (codes: readonly string[]) => void) => {
  const t = useTexts('two-factor')
  const client = useQueryClient()
  const [adding, setAdding] = useState<Adding | null>(null)
  const [isOpen, setIsOpen] = useState(false)
  const [isBeginning, setIsBeginning] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const begin = async (replaced: Authenticator | null = null) => {
    if (isBeginning) return
    setIsBeginning(true)
    setProblem(null)
    try {
      setAdding({ setup: await api.twoFactor.begin(), replaced })
      setIsOpen(true)
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setIsBeginning(false)
    }
  }

  const finish = async ({ name, code }: Typed) => {
    if (!adding) return
    const { setup, replaced } = adding
    const { recoveryCodes } = await api.twoFactor.confirm({
      setupId: setup.setupId,
      name,
      code,
      ...(replaced ? { replaces: replaced.id } : {}),
    })
    setIsOpen(false)
    // Nothing may lie over the codes, and they say by themselves that it worked.
    if (recoveryCodes) onCodes(recoveryCodes)
    else if (replaced) toast.done(t('add.doneReplaced', { name, old: replaced.name }))
    else toast.done(t('add.done', { name }))
    void client.invalidateQueries({ queryKey: moduleKey('twoFactor') })
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: an invitation in the address counts once.
  useEffect(() => {
    if (takeInvitation()) void begin()
  }, [])

  return {
    adding,
    isOpen,
    isBeginning,
    problem,
    begin,
    finish,
    close: () => setIsOpen(false),
  } as const
}
export type SetupConversation = ReturnType<typeof useSetup>
