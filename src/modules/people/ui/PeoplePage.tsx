import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { UserRoundPlus } from 'lucide-react'
import { useState } from 'react'
import { useInstallation } from '#web/lib/installation.ts'
import { isAwaited, useMay, useMe } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { MoreRows } from '#web/ui/MoreRows.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { Invitations } from './Invitations.tsx'
import { InviteDialog } from './InviteDialog.tsx'
import { PersonEntry } from './PersonEntry.tsx'
import { invitationsQuery, peopleQuery } from './queries.ts'

/** `onInvite` is null when invitations are closed, or this user may not send one. */
type RowsProps = { readonly onInvite: (() => void) | null }

/** A user who has invited a person is not told to invite one. */
const useInvited = (mayManage: boolean) => {
  const query = useInfiniteQuery({ ...invitationsQuery, enabled: mayManage })
  const hasInvited = query.data?.pages.some((page) => page.invitations.length > 0) === true
  return { hasInvited, isWaiting: isAwaited(query) } as const
}

const Rows = ({ onInvite }: RowsProps) => {
  const t = useTexts('people')
  const query = useInfiniteQuery(peopleQuery)
  const mayManage = useMay('people.manage')
  const { hasInvited, isWaiting } = useInvited(mayManage)
  // Both lists come at once: the second one stands below the first and would jump.
  if (query.isPending || isWaiting) return <ListSkeleton count={2} />
  if (!query.data) {
    return <QueryErrorState title={t('failed.load')} query={query} />
  }
  const people = query.data.pages.flatMap((page) => page.people)
  const isAlone = people.length === 1 && people[0]?.isYou === true && !hasInvited
  return (
    <>
      <List label={t('list.title')}>
        {people.map((person) => (
          <PersonEntry key={person.userId} person={person} mayManage={mayManage} />
        ))}
      </List>
      {isAlone && (
        <EmptyState
          icon={<UserRoundPlus size={20} />}
          action={
            onInvite && (
              <Button variant="default" onClick={onInvite}>
                {t('list.inviteFirst')}
              </Button>
            )
          }
        >
          {t('list.empty')}
        </EmptyState>
      )}
      <MoreRows query={query} label={t('list.more')} failed={t('failed.more')} />
    </>
  )
}

export const PeoplePage = () => {
  const t = useTexts('people')
  const { organisation } = useMe()
  const mayManage = useMay('people.manage')
  const isClosed = useInstallation().installation?.signUp === 'closed'
  const mayInvite = mayManage && !isClosed
  const invited = useInvited(mayManage)
  const isSettled = !useInfiniteQuery(peopleQuery).isPending && !invited.isWaiting
  const [isInviting, setIsInviting] = useState(false)
  return (
    <>
      <PageHead
        title={t('title')}
        summary={t('summary', { organisation: organisation.name })}
        actions={
          mayInvite && (
            <Button
              leftSection={<UserRoundPlus size={16} aria-hidden />}
              onClick={() => setIsInviting(true)}
            >
              {t('invite.open')}
            </Button>
          )
        }
      />
      <Sections>
        {mayManage && isClosed && <Notice tone="info">{t('list.closed')}</Notice>}
        <Section title={t('list.title')} flush>
          <Rows onInvite={mayInvite ? () => setIsInviting(true) : null} />
        </Section>
        {mayManage && isSettled && <Invitations />}
      </Sections>
      <InviteDialog opened={isInviting} onClose={() => setIsInviting(false)} />
    </>
  )
}
