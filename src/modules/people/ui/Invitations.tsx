import { useInfiniteQuery } from '@tanstack/react-query'
import { MailCheck } from 'lucide-react'
import { type RefObject, useRef } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { MoreRows } from '#web/ui/MoreRows.tsx'
import { Section } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { InvitationEntry } from './InvitationEntry.tsx'
import { invitationsQuery } from './queries.ts'

type Props = { readonly heading: RefObject<HTMLHeadingElement | null> }

const Rows = ({ heading }: Props) => {
  const t = useTexts('people')
  const query = useInfiniteQuery(invitationsQuery)
  if (query.isPending) return <ListSkeleton count={1} />
  if (!query.data) {
    return <QueryErrorState title={t('failed.invitations')} query={query} />
  }
  const invitations = query.data.pages.flatMap((page) => page.invitations)
  if (invitations.length === 0)
    return <EmptyState icon={<MailCheck size={20} />}>{t('invited.empty')}</EmptyState>
  return (
    <>
      <List label={t('invited.title')}>
        {invitations.map((invitation) => (
          <InvitationEntry
            key={invitation.invitationId}
            invitation={invitation}
            heading={heading}
          />
        ))}
      </List>
      <MoreRows query={query} label={t('list.more')} failed={t('failed.moreInvitations')} />
    </>
  )
}

/** Who was asked in and has not come yet. Only those who may invite learn of it. */
export const Invitations = () => {
  const t = useTexts('people')
  const heading = useRef<HTMLHeadingElement>(null)
  return (
    <Section
      title={t('invited.title')}
      explanation={t('invited.explanation')}
      headingRef={heading}
      flush
    >
      <Rows heading={heading} />
    </Section>
  )
}
