import { Suspense } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { CardSlot } from '#web/ui/CardSlot.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { SecurityNext } from './SecurityNext.tsx'
import { SecurityRows } from './SecurityRows.tsx'
import { type CheckUp, useCheckUp } from './use-check-up.ts'

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

type PartProps = { readonly checkUp: CheckUp }

/** What is there, strongest first, and the way to change it. What is missing is above. */
const Protection = ({ checkUp: { protection } }: PartProps) => {
  const t = useTexts('account')
  const title = t('security.protection.title')
  return (
    <Section title={title} flush>
      <List label={title}>
        <SecurityRows told={protection.told} />
      </List>
    </Section>
  )
}

/** Everything that can use the account now. It comes together, so that no row pushes another down once it is there. */
const Access = ({ checkUp: { access } }: PartProps) => {
  const t = useTexts('account')
  const title = t('security.access.title')
  if (access.told.length === 0) return null
  return (
    <Section title={title} explanation={t('security.access.explanation')} flush>
      {access.isWaiting ? (
        <ListSkeleton count={1} />
      ) : (
        <List label={title}>
          <SecurityRows told={access.told} />
        </List>
      )}
    </Section>
  )
}

const Parts = () => {
  const checkUp = useCheckUp()
  const { alarms, protection } = checkUp
  if (alarms.isWaiting || protection.isWaiting) return <Waiting />
  return (
    <Sections key="ready">
      {alarms.shown.map(({ module, card: Card }) => (
        <Card key={module} />
      ))}
      <SecurityNext checkUp={checkUp} />
      <Protection checkUp={checkUp} />
      <Access checkUp={checkUp} />
      <CardSlot name="check-up" />
    </Sections>
  )
}

/** What to do next, what protects the account, what is open to it, and what happened lately: all of it told by the modules. */
export const SecurityPage = () => {
  const t = useTexts('account')
  return (
    <>
      <PageHead title={t('security.title')} summary={t('security.summary')} />
      <Suspense fallback={<Waiting />}>
        <Parts />
      </Suspense>
    </>
  )
}
