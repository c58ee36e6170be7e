import { Button } from '@mantine/core'
import { KeySquare, SquareTerminal } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { ListRow } from '#web/ui/ListRow.tsx'
import { MomentText } from '#web/ui/MomentText.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { kindOf } from './key-words.ts'
import type { SshKey } from './queries.ts'
import classes from './SshKeys.module.css'

const Moment = ({ word, at }: { readonly word: string; readonly at: string }) => (
  <span>
    {word} <MomentText at={at} />
  </span>
)

type Props = { readonly sshKey: SshKey; readonly onRemove: () => void }

export const KeyRow = ({ sshKey, onRemove }: Props) => {
  const t = useTexts('ssh-keys')
  const { title, type, fingerprint, createdAt, lastUsedAt, expiresAt, isExpired } = sshKey
  const Icon = type.startsWith('sk-') ? KeySquare : SquareTerminal
  return (
    <ListRow
      icon={<Icon size={18} strokeWidth={1.75} />}
      name={<bdi>{title}</bdi>}
      hasWideActions
      badge={isExpired && <StateBadge tone="off">{t('row.expiredBadge')}</StateBadge>}
      facts={[
        kindOf(sshKey, t),
        <code key="fingerprint" className={classes.fingerprint} translate="no">
          {fingerprint}
        </code>,
        <Moment key="added" word={t('row.added')} at={createdAt} />,
        lastUsedAt ? <Moment key="used" word={t('row.used')} at={lastUsedAt} /> : t('row.unused'),
        expiresAt && (
          <Moment
            key="expires"
            word={t(isExpired ? 'row.expired' : 'row.expires')}
            at={expiresAt}
          />
        ),
      ]}
      actions={
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          className={classes.remove}
          aria-label={t('row.removeNamed', { title })}
          onClick={onRemove}
        >
          {t('row.remove')}
        </Button>
      }
    />
  )
}
