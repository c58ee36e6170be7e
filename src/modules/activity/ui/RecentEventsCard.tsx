import { useInfiniteQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { eventIconOf, eventText } from '#web/lib/events.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { EventIcon } from '#web/ui/EventIcon.tsx'
import { LinkButtons } from '#web/ui/LinkButtons.tsx'
import { List, ListRow } from '#web/ui/ListRow.tsx'
import { MomentText } from '#web/ui/MomentText.tsx'
import { MoreRows } from '#web/ui/MoreRows.tsx'
import { Section } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { type ActivityEntry, recentQuery } from './queries.ts'

const EntryRow = ({ entry }: { readonly entry: ActivityEntry }) => {
  const t = useTexts('activity')
  const formatter = useFormatter()
  const { browser, operatingSystem: system, location, address } = entry
  const device = browser && system ? t('recent.device', { browser, system }) : browser
  /** "Lyon, FR", "FR" or "local", as the trail keeps it. */
  const place = () => {
    if (!location) return address
    if (location === 'local') return t('recent.local')
    const parts = location.split(', ')
    return [...parts.slice(0, -1), formatter.country(parts.at(-1) ?? '')].join(', ')
  }
  const { name } = entry.data
  return (
    <ListRow
      icon={<EventIcon name={eventIconOf(entry.event)} result={entry.result} />}
      name={eventText(entry)}
      badge={entry.result === 'failure' && <StateBadge tone="bad">{t('recent.failed')}</StateBadge>}
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
  const t = useTexts('activity')
  const query = useInfiniteQuery(recentQuery)
  if (query.isPending) return <ListSkeleton count={4} />
  if (!query.data) return <QueryErrorState title={t('recent.loadFailed')} query={query} />
  const entries = query.data.pages.flatMap((page) => page.entries)
  if (entries.length === 0)
    return <EmptyState icon={<History size={20} />}>{t('recent.empty')}</EmptyState>
  return (
    <>
      <List label={t('recent.title')}>
        {entries.map((entry) => (
          <EntryRow key={entry.id} entry={entry} />
        ))}
      </List>
      <MoreRows query={query} label={t('recent.more')} failed={t('recent.moreFailed')} />
    </>
  )
}

/** What happened to the account lately, so that its owner can say "that was me", or not. */
export const RecentEventsCard = () => {
  const t = useTexts('activity')
  return (
    <Section
      title={t('recent.title')}
      explanation={t('recent.explanation')}
      flush
      actions={<LinkButtons slot="recent-events" />}
    >
      <Rows />
    </Section>
  )
}
