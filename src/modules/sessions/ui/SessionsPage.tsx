import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { useContributions } from '#web/ui/contributions.ts'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { OtherSessions } from './OtherSessions.tsx'
import { sessionsQuery } from './queries.ts'
import { RevokeAll } from './RevokeAll.tsx'
import { SessionRow } from './SessionRow.tsx'

const Loading = () => {
  const t = useTexts('sessions')
  return (
    <>
      <Section title={t('current.title')} flush>
        <ListSkeleton count={1} />
      </Section>
      <Section title={t('others.title')} explanation={t('others.explanation')} flush>
        <ListSkeleton count={3} />
      </Section>
    </>
  )
}

const Loaded = () => {
  const t = useTexts('sessions')
  const query = useInfiniteQuery(sessionsQuery)
  const heading = useRef<HTMLHeadingElement>(null)
  if (query.isPending) return <Loading />
  if (!query.data) {
    return (
      <Section title={t('title')} flush>
        <QueryErrorState title={t('failed.load')} query={query} />
      </Section>
    )
  }
  const sessions = query.data.pages.flatMap((page) => page.sessions)
  const current = sessions.find((session) => session.isCurrent)
  const total = query.data.pages.at(-1)?.total ?? sessions.length
  const othersCount = Math.max(0, total - (current ? 1 : 0))
  return (
    <>
      {current && (
        <Section title={t('current.title')} flush>
          <List label={t('current.title')}>
            <SessionRow session={current} />
          </List>
        </Section>
      )}
      <OtherSessions
        sessions={sessions.filter((session) => !session.isCurrent)}
        count={othersCount}
        query={query}
        heading={heading}
      />
      <RevokeAll count={othersCount} heading={heading} />
    </>
  )
}

export const SessionsPage = () => {
  const t = useTexts('sessions')
  const { placeOf } = useContributions()
  return (
    <>
      <PageHead
        title={t('title')}
        summary={
          <>
            {t('summary')}{' '}
            <Link {...placeOf({ card: 'profile', hash: 'password' })}>{t('changePassword')}</Link>.
          </>
        }
      />
      <Sections>
        <Loaded />
      </Sections>
    </>
  )
}
