import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, History } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { hasText, say, useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { List, ListRow } from '#web/ui/ListRow.tsx'
import { MomentText } from '#web/ui/MomentText.tsx'
import { MoreRows } from '#web/ui/MoreRows.tsx'
import { Section } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { eventsQuery, type SecurityEvent } from './security-queries.ts'

/** In the language of the page; in English as the trail keeps it when nobody has translated it. */
const eventName = ({ event, message }: SecurityEvent): string => {
  const key = `activity.${event.replace(/[.:]/g, '_')}`
  return hasText('account', key) ? say<string>('account', key) : message
}

const EventRow = ({ entry }: { readonly entry: SecurityEvent }) => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const isFailure = entry.result === 'failure'
  const Icon = isFailure ? CircleAlert : CircleCheck
  const { browser, operatingSystem: system, location, address } = entry
  const device = browser && system ? t('security.events.device', { browser, system }) : browser
  /** "Lyon, FR", "FR" or "local", as the trail keeps it. */
  const place = () => {
    if (!location) return address
    if (location === 'local') return t('security.events.local')
    const parts = location.split(', ')
    return [...parts.slice(0, -1), formatter.country(parts.at(-1) ?? '')].join(', ')
  }
  const { name } = entry.data
  return (
    <ListRow
      icon={<Icon size={18} strokeWidth={1.75} />}
      name={eventName(entry)}
      badge={isFailure && <StateBadge tone="bad">{t('security.events.failed')}</StateBadge>}
      facts={[
        typeof name === 'string' && name,
        <MomentText key="at" at={entry.at} />,
        device,
        place(),
      ]}
    />
  )
}

const Rows = () => {
  const t = useTexts('account')
  const query = useInfiniteQuery(eventsQuery)
  if (query.isPending) return <ListSkeleton count={4} />
  if (!query.data) {
    return <QueryErrorState title={t('security.failed.events')} query={query} />
  }
  const entries = query.data.pages.flatMap((page) => page.entries)
  if (entries.length === 0)
    return <EmptyState icon={<History size={20} />}>{t('security.events.empty')}</EmptyState>
  return (
    <>
      <List label={t('security.events.title')}>
        {entries.map((entry) => (
          <EventRow key={entry.id} entry={entry} />
        ))}
      </List>
      <MoreRows
        query={query}
        label={t('security.events.more')}
        failed={t('security.failed.moreEvents')}
      />
    </>
  )
}

/** What happened to the account lately, so that somebody can say "that was me", or not. */
export const SecurityEvents = () => {
  const t = useTexts('account')
  return (
    <Section
      title={t('security.events.title')}
      explanation={t('security.events.explanation')}
      flush
      actions={
        <>
          <Button component={Link} to={pages.account.profile} hash="password" variant="default">
            {t('security.password.action')}
          </Button>
          <Button component={Link} to={pages.sessions.list} variant="default">
            {t('security.sessions.action')}
          </Button>
        </>
      }
    >
      <Rows />
    </Section>
  )
}
