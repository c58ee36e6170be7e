import { Menu } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { LifeBuoy, OctagonX } from 'lucide-react'
import { useState } from 'react'
import { api } from '#web/lib/client.ts'
import { loadTexts, useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { toast } from '#web/ui/toast.tsx'
import classes from './PersonEntry.module.css'
import { markPerson, type PersonRow } from './queries.ts'

type Act = 'start' | 'cancel'
type Asking = { readonly act: Act; readonly isOpen: boolean }

/** Helps a person who lost every way in: an operator starts a recovery, or ends the one that is under way. */
export const useRecovery = (person: PersonRow) => {
  const t = useTexts('people')
  const [asking, setAsking] = useState<Asking>({ act: 'start', isOpen: false })
  const ask = (act: Act) => {
    // The confirmation may have to name what waits for it.
    loadTexts(['recovery']).catch(() => {})
    setAsking({ act, isOpen: true })
  }
  const act = person.recovery ? 'cancel' : 'start'
  const Icon = person.recovery ? OctagonX : LifeBuoy
  const items = (
    <Menu.Item leftSection={<Icon size={16} aria-hidden />} onClick={() => ask(act)}>
      {t(`recovery.${act}.open`)}
    </Menu.Item>
  )
  const close = () => setAsking({ ...asking, isOpen: false })
  const dialog = <RecoveryDialog person={person} asking={asking} onClose={close} />
  return { items, dialog } as const
}

const factKeys = {
  start: [
    'recovery.start.told',
    'recovery.start.wait',
    'recovery.start.then',
    'recovery.start.keys',
    'recovery.start.password',
  ],
  cancel: ['recovery.cancel.fact'],
} as const

type DialogProps = {
  readonly person: PersonRow
  readonly asking: Asking
  readonly onClose: () => void
}

const RecoveryDialog = ({ person, asking, onClose }: DialogProps) => {
  const t = useTexts('people')
  const formatter = useFormatter()
  const client = useQueryClient()
  const { act, isOpen } = asking
  const { userId, name } = person
  const run = async () => {
    try {
      if (act === 'start') {
        const recovery = await api.recovery.start({ userId })
        markPerson(client, userId, { recovery })
        const date = formatter.dateTime(recovery.readyAt)
        toast.done(t('recovery.start.done', { name, date }))
      } else {
        await api.recovery.cancel({ userId })
        markPerson(client, userId, { recovery: null })
        toast.done(t('recovery.cancel.done', { name }))
      }
    } catch (error) {
      // Another operator was first, or the person stopped it: what is shown is out of date.
      void client.invalidateQueries({ queryKey: api.people.list.key() })
      throw error
    }
  }
  const facts = factKeys[act].map((key) => t(key, { name }))
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
          <li key={fact}>{fact}</li>
        ))}
      </ul>
    </ConsequenceDialog>
  )
}
