import { CalendarClock, KeySquare, SquareTerminal, Trash2 } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { ListRow } from '#web/ui/ListRow.tsx'
import { MomentFact } from '#web/ui/MomentText.tsx'
import { RowActions } from '#web/ui/RowMenu.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { KeyDetails } from './KeyDetails.tsx'
import { kindOf } from './key-words.ts'
import type { SshKey } from './queries.ts'

export type KeyAct = 'expiry' | 'remove'

type Props = { readonly sshKey: SshKey; readonly onAct: (act: KeyAct) => void }

const acts = ['expiry', 'remove'] as const
const actIcons = { expiry: CalendarClock, remove: Trash2 } as const

const Actions = ({ sshKey: { title }, onAct }: Props) => {
  const t = useTexts('ssh-keys')
  return (
    <RowActions
      label={t('row.actions', { title })}
      acts={acts.map((act) => ({
        icon: actIcons[act],
        label: t(`row.${act}`),
        named: t(`row.${act}Named`, { title }),
        run: () => onAct(act),
      }))}
    />
  )
}

export const KeyRow = ({ sshKey, onAct }: Props) => {
  const t = useTexts('ssh-keys')
  const { title, type, createdAt, lastUsedAt, expiresAt, isExpired } = sshKey
  const Icon = type.startsWith('sk-') ? KeySquare : SquareTerminal
  return (
    <ListRow
      icon={<Icon size={18} strokeWidth={1.75} />}
      name={<bdi>{title}</bdi>}
      badge={isExpired && <StateBadge tone="off">{t('row.expiredBadge')}</StateBadge>}
      facts={[
        kindOf(sshKey, t),
        <MomentFact key="added" word={t('row.added')} at={createdAt} />,
        lastUsedAt ? (
          <MomentFact key="used" word={t('row.used')} at={lastUsedAt} />
        ) : (
          t('row.unused')
        ),
        expiresAt && (
          <MomentFact
            key="expires"
            word={t(isExpired ? 'row.expired' : 'row.expires')}
            at={expiresAt}
          />
        ),
      ]}
      actions={<Actions sshKey={sshKey} onAct={onAct} />}
      details={<KeyDetails sshKey={sshKey} />}
    />
  )
}
