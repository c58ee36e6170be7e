import { Menu } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { UserRoundCheck, UserRoundX } from 'lucide-react'
import { useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useMe } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { ListRow } from '#web/ui/ListRow.tsx'
import { PersonPicture } from '#web/ui/PersonPicture.tsx'
import { RowMenu } from '#web/ui/RowMenu.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { toast } from '#web/ui/toast.tsx'
import classes from './PersonEntry.module.css'
import { useRecovery } from './PersonRecovery.tsx'
import { markPerson, type PersonRow, roleName } from './queries.ts'

type Props = { readonly person: PersonRow; readonly mayManage: boolean }
type Asking = { readonly act: 'disable' | 'enable'; readonly isOpen: boolean }

/** Users do not disable themselves, and only owners manage owners; the server refuses the same. */
const useMayChange = ({ person, mayManage }: Props): boolean => {
  const me = useMe()
  return mayManage && !person.isYou && (person.role !== 'owner' || me.role === 'owner')
}

const useChange = (person: PersonRow) => {
  const t = useTexts('people')
  const client = useQueryClient()
  return async (act: Asking['act']) => {
    await api.people[act]({ userId: person.userId })
    markPerson(client, person.userId, {
      disabledAt: act === 'disable' ? new Date().toISOString() : null,
    })
    toast.done(t(`${act}.done`, { name: person.name }))
  }
}

export const PersonEntry = (props: Props) => {
  const { person } = props
  const t = useTexts('people')
  const formatter = useFormatter()
  const change = useChange(person)
  const mayChange = useMayChange(props)
  const recovery = useRecovery(person)
  const act = person.disabledAt ? 'enable' : 'disable'
  const [asking, setAsking] = useState<Asking>({ act, isOpen: false })
  const Icon = act === 'disable' ? UserRoundX : UserRoundCheck

  const menu = mayChange && (
    <RowMenu label={t('list.actions', { name: person.name })}>
      <Menu.Item
        data-autofocus
        leftSection={<Icon size={16} aria-hidden />}
        onClick={() => setAsking({ act, isOpen: true })}
      >
        {t(`${act}.open`)}
      </Menu.Item>
      {!person.disabledAt && recovery.items}
    </RowMenu>
  )

  return (
    <>
      <ListRow
        icon={<PersonPicture name={person.name} url={person.pictureUrl} size={36} />}
        name={<bdi>{person.name}</bdi>}
        badge={
          <>
            {person.isYou && <StateBadge tone="plain">{t('list.you')}</StateBadge>}
            {person.disabledAt && <StateBadge tone="off">{t('list.disabled')}</StateBadge>}
            {person.recovery && <StateBadge tone="notice">{t('list.recovering')}</StateBadge>}
          </>
        }
        facts={[
          person.email,
          person.username && (
            <span key="username">
              {t('list.username')} <bdi translate="no">{person.username}</bdi>
            </span>
          ),
          roleName(person.role, t),
          t('list.since', { date: formatter.date(person.createdAt) }),
          person.recovery &&
            t('list.recoveringUntil', { date: formatter.dateTime(person.recovery.readyAt) }),
        ]}
        actions={menu}
      />
      <ConsequenceDialog
        opened={asking.isOpen}
        onClose={() => setAsking({ ...asking, isOpen: false })}
        title={t(`${asking.act}.title`, { name: person.name })}
        action={t(`${asking.act}.action`)}
        isDestructive={asking.act === 'disable'}
        run={() => change(asking.act)}
      >
        <p className={classes.fact}>{t(`${asking.act}.fact`, { name: person.name })}</p>
      </ConsequenceDialog>
      {recovery.dialog}
    </>
  )
}
