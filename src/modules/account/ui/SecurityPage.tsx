import { useTexts } from '#web/lib/texts.ts'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Sections } from '#web/ui/Section.tsx'
import { SecurityAccess } from './SecurityAccess.tsx'
import { SecurityEvents } from './SecurityEvents.tsx'
import { SecurityNext } from './SecurityNext.tsx'
import { SecurityProtection } from './SecurityProtection.tsx'
import { SecurityRecovery } from './SecurityRecovery.tsx'

/** What to do next, what protects the account, what is open to it, and what happened lately. */
export const SecurityPage = () => {
  const t = useTexts('account')
  return (
    <>
      <PageHead title={t('security.title')} summary={t('security.summary')} />
      <Sections>
        <SecurityRecovery />
        <SecurityNext />
        <SecurityProtection />
        <SecurityAccess />
        <SecurityEvents />
      </Sections>
    </>
  )
}
