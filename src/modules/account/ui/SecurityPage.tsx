import { useTexts } from '#web/lib/texts.ts'
import { CardSlot } from '#web/ui/CardSlot.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { SecurityAccess } from './SecurityAccess.tsx'
import { SecurityNext } from './SecurityNext.tsx'
import { SecurityProtection } from './SecurityProtection.tsx'
import { SecurityRecovery } from './SecurityRecovery.tsx'
import { useProtection } from './use-protection.ts'

/** How much is to be done next decides where everything below stands: until that is known, nothing stands there. */
const Waiting = () => {
  const t = useTexts('account')
  return (
    <Sections>
      <Section title={t('security.next.title')} flush>
        <ListSkeleton count={2} />
      </Section>
      <Section title={t('security.protection.title')} flush>
        <ListSkeleton count={4} />
      </Section>
    </Sections>
  )
}

/** What to do next, what protects the account, what is open to it, and what happened lately. */
export const SecurityPage = () => {
  const t = useTexts('account')
  const { isWaiting } = useProtection()
  return (
    <>
      <PageHead title={t('security.title')} summary={t('security.summary')} />
      {isWaiting ? (
        <Waiting />
      ) : (
        <Sections key="ready">
          <SecurityRecovery />
          <SecurityNext />
          <SecurityProtection />
          <SecurityAccess />
          <CardSlot name="check-up" />
        </Sections>
      )}
    </>
  )
}
