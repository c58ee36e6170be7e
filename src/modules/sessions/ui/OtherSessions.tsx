import { useQueryClient } from '@tanstack/react-query'
import { MonitorCheck } from 'lucide-react'
import { type RefObject, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { type MoreQuery, MoreRows } from '#web/ui/MoreRows.tsx'
import { Section } from '#web/ui/Section.tsx'
import { toast } from '#web/ui/toast.tsx'
import { useAsked } from '#web/ui/use-asked.ts'
import classes from './OtherSessions.module.css'
import { forgetSession } from './queries.ts'
import { SessionRow } from './SessionRow.tsx'
import { placeName, type Session, sessionTitle } from './session-words.ts'

/** As long as the animation of a leaving row (`ListRow.module.css`). */
const leaveMs = 160

type Props = {
  readonly sessions: readonly Session[]
  readonly count: number
  readonly query: MoreQuery
  /** Takes the focus when the row that had it is gone. */
  readonly heading: RefObject<HTMLHeadingElement | null>
}

const useRevoke = (heading: Props['heading']) => {
  const client = useQueryClient()
  const t = useTexts('sessions')
  const [leaving, setLeaving] = useState<string | null>(null)

  const revoke = async (session: Session) => {
    await api.sessions.end({ sessionId: session.id })
    setLeaving(session.id)
    toast.done(t('revoke.done', { device: sessionTitle(session, t) }))
    setTimeout(() => {
      forgetSession(client, session.id)
      setLeaving(null)
      heading.current?.focus({ preventScroll: true })
      void client.invalidateQueries({ queryKey: api.sessions.list.key() })
    }, leaveMs)
  }
  return { revoke, leaving } as const
}

const RevokeFacts = ({ session }: { readonly session: Session }) => {
  const t = useTexts('sessions')
  const formatter = useFormatter()
  const place = placeName(session, t, formatter)
  return (
    <>
      <p className={classes.fact}>{t('revoke.fact', { device: sessionTitle(session, t) })}</p>
      <p className={classes.where}>
        {t('revoke.where', { place, when: formatter.when(session.lastActiveAt) })}
      </p>
    </>
  )
}

export const OtherSessions = ({ sessions, count, query, heading }: Props) => {
  const t = useTexts('sessions')
  const formatter = useFormatter()
  const { revoke, leaving } = useRevoke(heading)
  const { asked, isAsking, ask, close } = useAsked<Session>()
  const shownCount = t('others.count', { count, shown: formatter.number(count) })
  return (
    <Section
      title={t('others.title')}
      explanation={t('others.explanation')}
      aside={count > 0 && shownCount}
      headingRef={heading}
      flush
    >
      {sessions.length === 0 ? (
        <EmptyState icon={<MonitorCheck size={20} />}>{t('others.empty')}</EmptyState>
      ) : (
        <List label={t('others.title')}>
          {sessions.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              isLeaving={session.id === leaving}
              onRevoke={ask}
            />
          ))}
        </List>
      )}
      <MoreRows query={query} label={t('others.more')} failed={t('failed.more')} />
      <ConsequenceDialog
        opened={isAsking}
        onClose={close}
        title={t('revoke.title')}
        action={t('revoke.action')}
        isDestructive
        run={async () => {
          if (asked) await revoke(asked)
        }}
      >
        {asked && <RevokeFacts session={asked} />}
      </ConsequenceDialog>
    </Section>
  )
}
