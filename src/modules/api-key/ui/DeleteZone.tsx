import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type RefObject, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { DangerZone } from '#web/ui/DangerZone.tsx'
import { RemovalDialog } from '#web/ui/RemovalDialog.tsx'
import classes from './ApiKey.module.css'
import { keepState, type State } from './queries.ts'

type Props = {
  readonly state: State
  readonly heading: RefObject<HTMLHeadingElement | null>
  readonly onDeleted: () => void
}

/** Last on the page. There while there is something to delete. */
export const DeleteZone = ({ state, heading, onDeleted }: Props) => {
  const t = useTexts('api-key')
  const client = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const { apiKey, replaced } = state

  const remove = async () => {
    try {
      await api.apiKey.revoke()
      keepState(client, { apiKey: null, replaced: null })
      onDeleted()
    } finally {
      void client.invalidateQueries({ queryKey: api.apiKey.read.key() })
    }
  }

  return (
    <>
      {(apiKey ?? replaced) && (
        <DangerZone title={t('delete.heading')} explanation={t('delete.explanation')}>
          <Button variant="default" onClick={() => setIsAsking(true)}>
            {t('delete.open')}
          </Button>
        </DangerZone>
      )}
      <RemovalDialog
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('delete.title')}
        action={t('delete.action')}
        done={t('delete.done')}
        heading={heading}
        run={remove}
      >
        <ul className={classes.facts}>
          <li>{t('delete.fact')}</li>
          {replaced && <li>{t('delete.older', { lastFour: replaced.lastFour })}</li>}
          <li>{t('delete.again')}</li>
        </ul>
      </RemovalDialog>
    </>
  )
}
