import { Button } from '@mantine/core'
import { CircleHelp, Laptop, Smartphone, Tablet, Terminal, Tv } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ListRow } from '#web/ui/ListRow.tsx'
import { MomentFact } from '#web/ui/MomentText.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { SessionDetails } from './SessionDetails.tsx'
import { deviceName, methodName, placeName, type Session, sessionTitle } from './session-words.ts'

const icons: Readonly<Record<Session['deviceType'], typeof Laptop>> = {
  desktop: Laptop,
  phone: Smartphone,
  tablet: Tablet,
  tv: Tv,
  program: Terminal,
  unknown: CircleHelp,
}

type Props = {
  readonly session: Session
  readonly isLeaving?: boolean
  readonly onRevoke?: (session: Session) => void
}

export const SessionRow = ({ session, isLeaving = false, onRevoke }: Props) => {
  const t = useTexts('sessions')
  const formatter = useFormatter()
  const title = sessionTitle(session, t)
  const Icon = icons[session.deviceType]
  return (
    <ListRow
      icon={<Icon size={18} strokeWidth={1.75} />}
      name={title}
      badge={session.isCurrent && <StateBadge tone="good">{t('current.badge')}</StateBadge>}
      isLeaving={isLeaving}
      facts={[
        session.name !== null && deviceName(session, t),
        placeName(session, t, formatter),
        <MomentFact key="active" word={t('row.active')} at={session.lastActiveAt} />,
        methodName(session.signInMethod, t),
      ]}
      actions={
        onRevoke && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-md"
            aria-label={t('row.revokeNamed', { device: title })}
            onClick={() => onRevoke(session)}
          >
            {t('row.revoke')}
          </Button>
        )
      }
      details={<SessionDetails session={session} />}
    />
  )
}
