import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { asProblem, type Problem } from '#web/lib/client.ts'
import { PasskeyError, type PasskeyReason } from '#web/lib/passkey.ts'
import { useTexts } from '#web/lib/texts.ts'
import { toast } from '#web/ui/toast.tsx'
import { type Added, addPasskey } from './add-passkey.ts'
import { isSecondStepOn, passkeysQuery, reload } from './queries.ts'

const wordsOf = {
  cancelled: 'add.cancelled',
  present: 'add.present',
  unsupported: 'add.unsupported',
  'wrong-address': 'add.wrongAddress',
  failed: 'add.failed',
} as const satisfies Record<PasskeyReason, string>

/** Adds a passkey and says how it went; what the browser did is told calmly, refusals as what they are. */
export const useAdding = (onAdded: (added: Added) => void) => {
  const t = useTexts('passkeys')
  const client = useQueryClient()
  const [isPending, setIsPending] = useState(false)
  const [outcome, setOutcome] = useState<PasskeyReason | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)

  const add = async (name = '') => {
    if (isPending) return
    setIsPending(true)
    setOutcome(null)
    setProblem(null)
    try {
      const wasOff = isSecondStepOn(client) === false
      const added = await addPasskey({ name })
      client.setQueryData(
        passkeysQuery.queryKey,
        (data) => data && { ...data, passkeys: [added.passkey, ...data.passkeys] },
      )
      onAdded(added)
      await reload(client)
      // Nothing may lie over the codes, and they say by themselves that it worked.
      if (added.recoveryCodes) return
      const isFirst = wasOff && isSecondStepOn(client) === true
      toast.done(t(isFirst ? 'add.doneFirst' : 'add.done', { name: added.passkey.name }))
    } catch (error) {
      if (error instanceof PasskeyError) setOutcome(error.reason)
      else setProblem(asProblem(error))
    } finally {
      setIsPending(false)
    }
  }

  return { add, isPending, problem, words: outcome && t(wordsOf[outcome]) } as const
}
