import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, asProblem, type Problem } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { MomentText } from '#web/ui/MomentText.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { Section } from '#web/ui/Section.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { toast } from '#web/ui/toast.tsx'
import { recoveryQuery } from './security-queries.ts'

const useStop = () => {
  const t = useTexts('account')
  const client = useQueryClient()
  const [isPending, setIsPending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const stop = async () => {
    setIsPending(true)
    setProblem(null)
    try {
      await api.recovery.stop()
      client.setQueryData(recoveryQuery.queryKey, { recovery: null })
      toast.done(t('security.recovery.stopped'))
      void client.invalidateQueries({ queryKey: api.activity.list.key() })
    } catch (error) {
      setProblem(asProblem(error))
      void client.invalidateQueries({ queryKey: api.recovery.read.key() })
    } finally {
      setIsPending(false)
    }
  }
  return { stop, isPending, problem } as const
}

/** On top of the page while a recovery of the account is under way: the owner may have a day to stop a thief. */
export const SecurityRecovery = () => {
  const t = useTexts('account')
  const query = useQuery(recoveryQuery)
  const { stop, isPending, problem } = useStop()
  const recovery = query.data
  if (query.isError) {
    return (
      <Section title={t('security.recovery.name')} flush>
        <QueryErrorState title={t('security.failed.recovery')} query={query} />
      </Section>
    )
  }
  if (!recovery) return null
  return (
    <Section
      title={t('security.recovery.title')}
      aside={<StateBadge tone="bad">{t('security.recovery.underWay')}</StateBadge>}
      actions={
        <ProgressButton pending={isPending} onClick={() => void stop()}>
          {t('security.recovery.stop')}
        </ProgressButton>
      }
    >
      {t('security.recovery.started')} <MomentText at={recovery.startedAt} />.{' '}
      {t('security.recovery.ready')} <MomentText at={recovery.readyAt} />.{' '}
      {t('security.recovery.advice')}
      <InlineProblem problem={problem} />
    </Section>
  )
}
