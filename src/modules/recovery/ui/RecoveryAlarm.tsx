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
import { recoveryQuery } from './queries.ts'

const useStop = () => {
  const t = useTexts('recovery')
  const client = useQueryClient()
  const [isPending, setIsPending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const stop = async () => {
    setIsPending(true)
    setProblem(null)
    try {
      await api.recovery.stop()
      client.setQueryData(recoveryQuery.queryKey, { recovery: null })
      toast.done(t('checkUp.stopped'))
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

/** On top of the check-up while a recovery of the account is under way: the owner may have a day to stop a thief. */
export const RecoveryAlarm = () => {
  const t = useTexts('recovery')
  const query = useQuery(recoveryQuery)
  const { stop, isPending, problem } = useStop()
  const recovery = query.data?.recovery
  if (query.isError || query.isPending) {
    return (
      <Section title={t('checkUp.name')} flush>
        <QueryErrorState title={t('checkUp.failed')} query={query} />
      </Section>
    )
  }
  if (!recovery) return null
  return (
    <Section
      title={t('checkUp.title')}
      aside={<StateBadge tone="bad">{t('checkUp.underWay')}</StateBadge>}
      actions={
        <ProgressButton pending={isPending} onClick={() => void stop()}>
          {t('checkUp.stop')}
        </ProgressButton>
      }
    >
      {t('checkUp.started')} <MomentText at={recovery.startedAt} />. {t('checkUp.ready')}{' '}
      <MomentText at={recovery.readyAt} />. {t('checkUp.advice')}
      <InlineProblem problem={problem} />
    </Section>
  )
}
