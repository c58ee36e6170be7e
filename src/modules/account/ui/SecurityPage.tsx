import { useTexts } from '#web/lib/texts.ts'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Sections } from '#web/ui/Section.tsx'
import { SecurityEvents } from './SecurityEvents.tsx'
import { SecurityProtection } from './SecurityProtection.tsx'
import { SecurityRecovery } from './SecurityRecovery.tsx'

/** What protects the account, what to do next, and what happened lately. */
export const SecurityPage = () => {
  const t = useTexts('account')
  return (
    <>
      <PageHead title={t('security.title')} summary={t('security.summary')} />
      <Sections>
        <SecurityRecovery />
        <SecurityProtection />
        <SecurityEvents />
      </Sections>
    </>
  )
}
