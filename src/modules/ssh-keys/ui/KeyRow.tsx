import { ActionIcon, Button, Menu } from '@mantine/core'
import { CalendarClock, Ellipsis, KeySquare, SquareTerminal, Trash2 } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { ListRow } from '#web/ui/ListRow.tsx'
import { MomentText } from '#web/ui/MomentText.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { KeyDetails } from './KeyDetails.tsx'
import { kindOf } from './key-words.ts'
import type { SshKey } from './queries.ts'
import classes from './SshKeys.module.css'

export type KeyAct = 'expiry' | 'remove'

type Props = { readonly sshKey: SshKey; readonly onAct: (act: KeyAct) => void }

const acts = ['expiry', 'remove'] as const
const actIcons = { expiry: CalendarClock, remove: Trash2 } as const

/** A menu where there is room for one beside the words; on phones, below the details, the actions themselves. */
const Actions = ({ sshKey: { title }, onAct }: Props) => {
  const t = useTexts('ssh-keys')
  return (
    <>
      <span className={classes.menu}>
        <Menu
          position="bottom-end"
          portalProps={{ target: '#content' }}
          withInitialFocusPlaceholder={false}
        >
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('row.actions', { title })}
            >
              <Ellipsis size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {acts.map((act) => {
              const Icon = actIcons[act]
              return (
                <Menu.Item
                  key={act}
                  leftSection={<Icon size={16} aria-hidden />}
                  onClick={() => onAct(act)}
                >
                  {t(`row.${act}`)}
                </Menu.Item>
              )
            })}
          </Menu.Dropdown>
        </Menu>
      </span>
      <span className={classes.buttons}>
        {acts.map((act) => (
          <Button
            key={act}
            variant="default"
            size="compact-md"
            aria-label={t(`row.${act}Named`, { title })}
            onClick={() => onAct(act)}
          >
            {t(`row.${act}`)}
          </Button>
        ))}
      </span>
    </>
  )
}

const Moment = ({ word, at }: { readonly word: string; readonly at: string }) => (
  <span>
    {word} <MomentText at={at} />
  </span>
)

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
      actions={<Actions sshKey={sshKey} onAct={onAct} />}
      details={<KeyDetails sshKey={sshKey} />}
    />
  )
}
