import { useQuery } from '@tanstack/react-query'
import { useTexts } from '#web/lib/texts.ts'
import { CardSlot } from '#web/ui/CardSlot.tsx'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section, SectionPair, Sections } from '#web/ui/Section.tsx'
import { FieldsSkeleton } from '#web/ui/Skeletons.tsx'
import { DetailsCard } from './DetailsCard.tsx'
import { EmailCard } from './EmailCard.tsx'
import { OrganisationCard } from './OrganisationCard.tsx'
import { PictureCard } from './PictureCard.tsx'
import { profileQuery } from './queries.ts'
import { UsernameCard } from './UsernameCard.tsx'

const Cards = () => {
  const t = useTexts('account')
  const query = useQuery(profileQuery)
  if (query.isPending) {
    return (
      <>
        <Section title={t('picture.title')} explanation={t('picture.explanation')}>
          <FieldsSkeleton count={1} />
        </Section>
        <Section title={t('details.title')} explanation={t('details.explanation')}>
          <FieldsSkeleton count={4} />
        </Section>
      </>
    )
  }
  if (!query.data) {
    return (
      <Section title={t('title')} flush>
        <QueryErrorState title={t('failed.load')} query={query} />
      </Section>
    )
  }
  return (
    <>
      <PictureCard profile={query.data} />
      <DetailsCard profile={query.data} />
      <UsernameCard profile={query.data} />
      <SectionPair>
        <EmailCard email={query.data.email} />
        <OrganisationCard organisation={query.data.organisation} />
      </SectionPair>
    </>
  )
}

export const ProfilePage = () => {
  const t = useTexts('account')
  // Cards of other modules come last: they would be pushed down by what is still on its way.
  const { isPending } = useQuery(profileQuery)
  return (
    <>
      <PageHead title={t('title')} summary={t('summary')} />
      <Sections>
        <Cards />
        {!isPending && <CardSlot name="profile" />}
      </Sections>
    </>
  )
}
