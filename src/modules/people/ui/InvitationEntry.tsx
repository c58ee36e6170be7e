import { Menu } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { MailX, Send, UserRoundPlus } from 'lucide-react'
import { type RefObject, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useMe } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { ListRow } from '#web/ui/ListRow.tsx'
import { MomentFact } from '#web/ui/MomentText.tsx'
import { RowMenu } from '#web/ui/RowMenu.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { toast } from '#web/ui/toast.tsx'
import { useNow } from '#web/ui/use-now.ts'
import classes from './PersonEntry.module.css'
import { type InvitationRow, reloadInvitations, roleName } from './queries.ts'

type Act = 'resend' | 'withdraw'
type Asking = { readonly act: Act; readonly isOpen: boolean }

type Props = {
  readonly invitation: InvitationRow
  /** Takes the focus when the row that had it is gone. */
  readonly heading: RefObject<HTMLHeadingElement | null>
}

const useAct = ({ invitation, heading }: Props) => {
  const t = useTexts('people')
  const formatter = useFormatter()
  const client = useQueryClient()
  const { invitationId, email } = invitation
  const resend = async () => {
    const { expiresAt } = await api.people.resendInvitation({ invitationId })
    toast.done(t('resend.done', { email, date: formatter.date(expiresAt) }))
  }
  const withdraw = async () => {
    await api.people.withdrawInvitation({ invitationId })
    toast.done(t('withdraw.done', { email }))
  }
  return async (act: Act) => {
    try {
      await (act === 'resend' ? resend() : withdraw())
    } finally {
      // After a refusal as well: another operator may have been first, and what is shown is out of date.
      await reloadInvitations(client)
      if (act === 'withdraw') heading.current?.focus({ preventScroll: true })
    }
  }
}

export const InvitationEntry = (props: Props) => {
  const { email, role, sentAt, expiresAt, invitedBy } = props.invitation
  const t = useTexts('people')
  const now = useNow()
  const formatter = useFormatter()
  const me = useMe()
  const act = useAct(props)
  const [asking, setAsking] = useState<Asking>({ act: 'resend', isOpen: false })
  const isExpired = Date.parse(expiresAt) <= now
  // An owner is made by an owner; the server refuses the same.
  const mayChange = role !== 'owner' || me.role === 'owner'
  const menu = mayChange && (
    <RowMenu label={t('list.actions', { name: email })}>
      <Menu.Item
        data-autofocus
        leftSection={<Send size={16} aria-hidden />}
        onClick={() => setAsking({ act: 'resend', isOpen: true })}
      >
        {t('resend.open')}
      </Menu.Item>
      <Menu.Item
        leftSection={<MailX size={16} aria-hidden />}
        onClick={() => setAsking({ act: 'withdraw', isOpen: true })}
      >
        {t('withdraw.open')}
      </Menu.Item>
    </RowMenu>
  )
  return (
    <>
      <ListRow
        icon={<UserRoundPlus size={18} />}
        name={<bdi translate="no">{email}</bdi>}
        badge={isExpired && <StateBadge tone="off">{t('invited.expired')}</StateBadge>}
        facts={[
          roleName(role, t),
          invitedBy && (
            <span key="by">
              {t('invited.by')} <bdi>{invitedBy}</bdi>
            </span>
          ),
          <MomentFact key="sent" word={t('invited.sent')} at={sentAt} />,
          t(isExpired ? 'invited.ended' : 'invited.until', {
            date: formatter.dateTime(expiresAt),
          }),
        ]}
        actions={menu}
      />
      <ConsequenceDialog
        opened={asking.isOpen}
        onClose={() => setAsking({ ...asking, isOpen: false })}
        title={t(`${asking.act}.title`, { email })}
        action={t(`${asking.act}.action`)}
        isDestructive={asking.act === 'withdraw'}
        run={() => act(asking.act)}
      >
        <p className={classes.fact}>{t(`${asking.act}.fact`, { email })}</p>
      </ConsequenceDialog>
    </>
  )
}
