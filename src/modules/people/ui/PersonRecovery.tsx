import { Menu } from '@mantine/core'
import { LifeBuoy, OctagonX } from 'lucide-react'
import { useState } from 'react'
import { api } from '#web/lib/client.ts'
import { loadTexts, useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { toast } from '#web/ui/toast.tsx'
import classes from './PersonEntry.module.css'
import type { PersonRow } from './queries.ts'

type Act = 'start' | 'cancel'
type Asking = { readonly act: Act; readonly isOpen: boolean }

/** Helping somebody who lost every way in. The list does not tell whether one is under way; the answer does. */
export const useRecovery = (person: PersonRow) => {
  const t = useTexts('people')
  const [asking, setAsking] = useState<Asking>({ act: 'start', isOpen: false })
  const ask = (act: Act) => {
    // The confirmation may have to name what waits for it.
    loadTexts(['recovery']).catch(() => {})
    setAsking({ act, isOpen: true })
  }
  const items = (
    <>
      <Menu.Item leftSection={<LifeBuoy size={16} aria-hidden />} onClick={() => ask('start')}>
        {t('recovery.start.open')}
      </Menu.Item>
      <Menu.Item leftSection={<OctagonX size={16} aria-hidden />} onClick={() => ask('cancel')}>
        {t('recovery.cancel.open')}
      </Menu.Item>
    </>
  )
  const close = () => setAsking({ ...asking, isOpen: false })
  const dialog = <RecoveryDialog person={person} asking={asking} onClose={close} />
  return { items, dialog } as const
}

type DialogProps = {
  readonly person: PersonRow
  readonly asking: Asking
  readonly onClose: () => void
}

const RecoveryDialog = ({ person, asking, onClose }: DialogProps) => {
  const t = useTexts('people')
  const formatter = useFormatter()
  const { act, isOpen } = asking
  const { userId, name } = person
  const run = async () => {
    if (act === 'start') {
      const { readyAt } = await api.recovery.start({ userId })
      toast.done(t('recovery.start.done', { name, date: formatter.dateTime(readyAt) }))
    } else {
      await api.recovery.cancel({ userId })
      toast.done(t('recovery.cancel.done', { name }))
    }
  }
  const facts = act === 'start' ? ['told', 'wait', 'then', 'password'] : ['fact']
  return (
    <ConsequenceDialog
      opened={isOpen}
      onClose={onClose}
      title={t(`recovery.${act}.title`, { name })}
      action={t(`recovery.${act}.action`)}
      isDestructive={act === 'start'}
      run={run}
    >
      <ul className={classes.facts}>
        {facts.map((fact) => (
          <li key={fact}>{t(`recovery.${act}.${fact}`, { name })}</li>
        ))}
      </ul>
    </ConsequenceDialog>
  )
}
